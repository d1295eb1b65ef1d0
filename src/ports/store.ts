import type { AbandonmentStore } from './abandonment.ts'
import type { AttemptStore } from './attempts.ts'
import type { CampaignStore } from './campaigns.ts'
import type { CensusStore } from './census.ts'
import type { DoNotCallStore } from './doNotCall.ts'
import type { FileStore } from './files.ts'
import type { LeadStore } from './leads.ts'
import type { LeadUpkeepStore } from './leadUpkeep.ts'
import type { LedgerStore } from './ledger.ts'
import type { PersonStore } from './people.ts'
import type { StoreWatch } from './storeWatch.ts'
import type { UserStore } from './users.ts'

/** What the engine keeps. Asynchronous: SQLite today, a database server later. A rejection is a {@link StoreError}. */
export interface Store
  extends LeadStore,
    AttemptStore,
    AbandonmentStore,
    DoNotCallStore,
    CampaignStore,
    PersonStore,
    LedgerStore,
    LeadUpkeepStore,
    CensusStore,
    UserStore,
    StoreWatch {
  /** What is a matter of files: absent where the store keeps none. */
  readonly files?: FileStore
  /** Idempotent; waits for what was accepted to be on disk. */
  close(): Promise<void>
}
