import { type Static, Type } from 'typebox'
import { idSchema } from '../../config/campaignFile.ts'
import { instant } from '../views.ts'

const text = Type.String()

/** Servers by which a browser finds a way to the PBX, in the words of WebRTC (RTCIceServer). */
export const iceServerView = Type.Object({
  urls: text,
  username: Type.Optional(text),
  credential: Type.Optional(text),
})

/** What the phone in a page registers with. The password is short-lived, and told here alone. */
export const browserPhoneView = Type.Object({
  agentId: idSchema,
  /** `sip:1001@pbx` */
  uri: text,
  user: text,
  password: text,
  /** Where its messages go, a path of this very host: as a WebSocket. */
  socketUrl: text,
  /** What it dials to be on the line. */
  logInNumber: text,
  iceServers: Type.Array(iceServerView),
  /** Until then the password holds; ask again before. */
  expiresAt: instant,
  /** When the certificate of the daemon's address ends. Absent: it has none, or something before it has. */
  certificateEndsAt: Type.Optional(instant),
})
/** A browser's phone as answers show it. */
export type BrowserPhoneView = Static<typeof browserPhoneView>

/** An agent's phone, without a password. */
export const phoneView = Type.Object({
  agentId: idSchema,
  endpoint: text,
  nodeId: idSchema,
  /** Who holds the line now. `none`: no password was made here, so the phone stands in the PBX's files, or there is none. */
  in: Type.Enum(['browser', 'desk', 'none']),
  registered: Type.Optional(Type.Boolean()),
  /** A desk phone's password was made here then, by this user. */
  madeAt: Type.Optional(instant),
  madeBy: Type.Optional(text),
})
/** An agent's phone as answers show it. */
export type PhoneView = Static<typeof phoneView>

/** What somebody types into a telephone. The password is told here alone. */
export const deskPhoneView = Type.Object({
  agentId: idSchema,
  server: text,
  port: Type.Integer(),
  transport: Type.Literal('UDP'),
  user: text,
  password: text,
  logInNumber: text,
  /** What should be seen to first, if anything. */
  note: Type.Optional(text),
})
/** A desk phone's settings as answers show them. */
export type DeskPhoneView = Static<typeof deskPhoneView>
