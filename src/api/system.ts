import { type Static, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
import type { PbxHealth } from '../ports/telephony.ts'
import { closed } from './schemas.ts'

/** Whether the daemon and its PBXs are well. */
export const healthView = Type.Object({
  status: Type.Enum(['ok', 'degraded']),
  version: Type.String(),
  nodesUp: Type.Integer(),
  nodes: Type.Integer(),
})
/** The daemon's health; `degraded`: a PBX is not reachable, or its breaker keeps calls from it. */
export type HealthView = Static<typeof healthView>

/** One PBX as `doctor` and the API see it. */
export type NodeHealth =
  | ({ readonly nodeId: string; readonly reachable: true } & PbxHealth)
  | { readonly nodeId: string; readonly reachable: false; readonly message: string }

/** Every PBX, asked now. */
export const nodeListView = Type.Object({ nodes: Type.Array(Type.Unknown()) })

/** Which events a listener wants; absent filters let every one pass. */
export const eventQuery = Type.Object({ campaign: Type.Optional(idSchema), agent: Type.Optional(idSchema) }, closed)
/** The filters of a listener. */
export type EventQuery = Static<typeof eventQuery>
