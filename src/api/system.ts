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
  /** The alarms that are on; the status and the board say them in words. */
  alarms: Type.Array(Type.Object({ what: Type.Enum([...alarmSubjects]), code: Type.Enum([...alarmCodes]) })),
})
/** The daemon's health; `degraded`: a PBX is not reachable or its breaker keeps calls from it, a carrier fails, or something else than a campaign has an alarm. */
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
