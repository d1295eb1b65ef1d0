import { type Static, Type } from 'typebox'
import { idSchema } from '../../config/campaignFile.ts'
import { pacingView } from '../campaigns.ts'
import { closed } from '../schemas.ts'

const ratio = Type.Number({ minimum: 0, maximum: 1 })

/** A change of the pacing that is only tried. */
export const whatIfBody = Type.Object(
  {
    pacing: pacingView,
    /** Absent: those who are on the line, or ten where nobody is. */
    agents: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  },
  closed,
)
/** A change of the pacing that is only tried, as it is sent. */
export type WhatIfBody = Static<typeof whatIfBody>

const expectedView = Type.Object({
  pacing: pacingView,
  occupancy: Type.Object({ mean: ratio, ci95: Type.Number() }),
  abandonmentRate: Type.Object({ pooled: ratio, max: ratio }),
  attemptsPerHour: Type.Number(),
  connectedPerHour: Type.Number(),
  /** Of dialing, rests between attempts not counted; absent: the list is never finished. */
  hoursToFinish: Type.Optional(Type.Number()),
  /** The same in days of the campaign's hours. */
  daysToFinish: Type.Optional(Type.Number()),
})

/** What the simulator expects of the pacing in force, and of the one that is tried. */
export const whatIfView = Type.Object({
  campaignId: idSchema,
  agents: Type.Integer(),
  /** Nobody is on the line and nobody said how many: the number is assumed. */
  agentsAssumed: Type.Boolean(),
  basis: Type.Union([
    Type.Object({ kind: Type.Literal('history'), attempts: Type.Integer() }),
    Type.Object({ kind: Type.Literal('assumption'), scenario: Type.String(), because: Type.String() }),
  ]),
  /** Simulated runs of each, with `hours` each. Fewer where all would take too long beside the dialing. */
  runs: Type.Integer(),
  hours: Type.Number(),
  openLeads: Type.Integer(),
  present: expectedView,
  changed: expectedView,
})
/** What the simulator expects of both, as answers show it. */
export type WhatIfView = Static<typeof whatIfView>
