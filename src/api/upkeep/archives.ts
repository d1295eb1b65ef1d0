import { type Static, Type } from 'typebox'
import { closed } from '../schemas.ts'
import { instant } from '../views.ts'

/** What an archive is asked for. */
export const archiveBody = Type.Object(
  {
    /** Absolute, on the daemon's machine; it must not be there. */
    file: Type.String({ pattern: '^/', maxLength: 4096 }),
    /** Only what ended before; absent: all that no rule asks for any more. */
    before: Type.Optional(instant),
    /** Whoever asks has put an empty file beside it, named `file` and a dot and this: the daemon has to see it there. */
    mark: Type.Optional(Type.String({ pattern: '^[0-9a-f]{32}$' })),
    /** Only says what would leave. */
    dryRun: Type.Optional(Type.Boolean()),
  },
  closed,
)
/** What an archive is asked for. */
export type ArchiveBody = Static<typeof archiveBody>

/** What an archive did, or would do. */
export const archiveView = Type.Object({
  file: Type.String(),
  /** Everything in it ended before. */
  before: Type.String(),
  attempts: Type.Integer(),
  leads: Type.Integer(),
  campaigns: Type.Array(Type.Object({ campaignId: Type.String(), attempts: Type.Integer(), leads: Type.Integer() })),
  oldestAt: Type.Optional(Type.String()),
  newestAt: Type.Optional(Type.String()),
  bytes: Type.Integer(),
  sha256: Type.Optional(Type.String()),
  /** What has left the database. */
  left: Type.Object({ attempts: Type.Integer(), leads: Type.Integer() }),
  /** Archives of an earlier run that was broken off, which was ended first. */
  resumed: Type.Array(Type.String()),
  durationMs: Type.Integer(),
})
/** What an archive did, or would do. */
export type ArchiveView = Static<typeof archiveView>
