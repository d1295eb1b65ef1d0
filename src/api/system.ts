import { type Static, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
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
  /** What is the matter with the machine; the status and the board say it in words. */
  alarms: Type.Array(Type.Object({ what: Type.Enum(['store', 'clock']), code: Type.String() })),
})
/** The daemon's health; `degraded`: a PBX is not reachable or its breaker keeps calls from it, a carrier fails, or the store or the clock is in trouble. */
export type HealthView = Static<typeof healthView>

/** One PBX as `doctor` and the API see it. */
export type NodeHealth =
  | ({ readonly nodeId: string; readonly reachable: true } & PbxHealth)
  | { readonly nodeId: string; readonly reachable: false; readonly message: string }

/** Every PBX, asked now. */
export const nodeListView = Type.Object({ nodes: Type.Array(Type.Unknown()) })

/** Which events a listener wants; absent filters let every one pass. */
export const eventQuery = Type.Object(
  { campaignId: Type.Optional(idSchema), agentId: Type.Optional(idSchema) },
  closedAlso({ campaign: 'campaignId', agent: 'agentId' }),
)
/** The filters of a listener. */
export type EventQuery = Static<typeof eventQuery>
