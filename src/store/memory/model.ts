import type { MemoryAttempts } from './attempts.ts'
import type { MemoryCampaigns } from './campaigns.ts'
import type { MemoryDoNotCall } from './doNotCall.ts'
import type { MemoryLeads } from './leads.ts'
import type { MemoryLedger } from './ledger.ts'
import type { MemoryPeople } from './people.ts'
import type { MemoryUsers } from './users.ts'

/** Everything that the model keeps. */
export interface Model {
  readonly campaigns: MemoryCampaigns
  readonly leads: MemoryLeads
  readonly attempts: MemoryAttempts
  readonly doNotCall: MemoryDoNotCall
  readonly people: MemoryPeople
  readonly ledger: MemoryLedger
  readonly users: MemoryUsers
}
