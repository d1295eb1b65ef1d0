import { type Static, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
import { alarmCodes, alarmSubjects } from '../core/alarms/kinds.ts'
import type { PbxHealth } from '../ports/telephony.ts'
import { closedAlso } from './schemas.ts'

/** Whether the daemon, its PBXs, its trunks, its store and its clock are well. */
export const healthView = Type.Object({
  status: Type.Enum(['ok', 'degraded']),
  version: Type.String(),
  nodesUp: Type.Integer(),
  nodes: Type.Integer(),
  /** Trunks that are left alone because their carriers fail. */
  trunksFailing: Type.Array(idSchema),
  /** Nothing more is dialed, because somebody has asked for that. */
  draining: Type.Boolean(),
  /** The alarms that are on; the status and the board say them in words. */
  alarms: Type.Array(Type.Object({ what: Type.Enum([...alarmSubjects]), code: Type.Enum([...alarmCodes]) })),
})
/**
 * The daemon's health; `degraded`: a PBX is not reachable or its breaker keeps calls from it, a carrier fails, or an alarm that holds and
 * is not silenced stops dialing or is about store, clock, a PBX or a trunk.
 */
export type HealthView = Static<typeof healthView>

/** Why a daemon is not ready, in one word each. */
export const notReady = [
  'starting',
  'draining',
  'store-unavailable',
  'clock-jumped',
  'node-down',
  'node-breaker',
  'trunk-failing',
  'rules-missing',
  'zone-data-old',
] as const
/** Why a daemon is not ready, in one word. */
export type NotReady = (typeof notReady)[number]

/** Whether calls can be made now. */
export const readyView = Type.Object({
  ready: Type.Boolean(),
  /** What keeps every call from being made; empty where it is ready. */
  reasons: Type.Array(Type.Object({ code: Type.Enum([...notReady]), says: Type.String() })),
  /** PBXs and trunks that are not as they should be, whether or not others can be dialed over. */
  remarks: Type.Array(Type.Object({ code: Type.Enum(['node-down', 'node-breaker', 'trunk-failing']), of: idSchema })),
})
/** Whether calls can be made now: over one PBX and one trunk at least, with a store that writes, a sane clock, and the law at hand. */
export type ReadyView = Static<typeof readyView>

/** One PBX as `doctor` and the API see it. */
export type NodeHealth =
  | ({ readonly nodeId: string; readonly reachable: true } & PbxHealth)
  | { readonly nodeId: string; readonly reachable: false; readonly message: string }

/** Every PBX, asked now. */
export const nodeListView = Type.Object({ nodes: Type.Array(Type.Unknown()) })

/** What a listener may follow: the board's figures, all agents, or one with their call. */
const topicPattern = '(board|agents|agent:[A-Za-z0-9_-]{1,40})'

/** Which events a listener wants; absent filters let every one pass. */
export const eventQuery = Type.Object(
  {
    campaignId: Type.Optional(idSchema),
    agentId: Type.Optional(idSchema),
    /** With commas. Of each a snapshot comes first, then patches. */
    topics: Type.Optional(
      Type.String({
        pattern: `^${topicPattern}(,${topicPattern}){0,9}$`,
        'x-says': 'at most ten topics with commas between: board, agents, agent:ID',
      }),
    ),
    /** The id of the last event that was heard; the header `Last-Event-ID`, which browsers send by themselves, does the same. */
    after: Type.Optional(Type.String({ maxLength: 60 })),
  },
  closedAlso({ campaign: 'campaignId', agent: 'agentId' }),
)
/** The filters of a listener. */
export type EventQuery = Static<typeof eventQuery>
