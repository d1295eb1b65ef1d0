import { ApiError } from '../api/apiError.ts'
import type { LogLevelControl } from '../api/upkeep/logLevel.ts'
import type { ReloadControl } from '../api/upkeep/reload.ts'
import type { UpgradeControl } from '../api/upkeep/upgrade.ts'
import type { CampaignDefaults } from '../config/campaignFile.ts'
import type { TransferTarget } from '../config/transfersSection.ts'
import type { Seller } from '../core/campaigns/campaign.ts'
import type { Rule } from '../core/compliance/rules.ts'
import type { PhoneNumber } from '../core/ids.ts'
import { isE164 } from '../numbers/e164.ts'
import { createListedNumberReader, numberProblems } from '../numbers/phone.ts'
import type { EngineGateway } from '../ports/engine.ts'
import type { Foresee } from '../ports/foresight/foresee.ts'
import type { Importer } from '../ports/importing/importer.ts'
import type { LedgerProver } from '../ports/ledger.ts'
import type { Measures } from '../ports/measures.ts'
import type { Store } from '../ports/store.ts'
import type { NodeSounds } from '../ports/telephony.ts'
import type { PhoneBook } from './phones/book.ts'
import { createLineTally, type LineTally } from './phones/lineTally.ts'

/** What the use cases stand on. */
export interface AppOptions {
  readonly gateway: EngineGateway
  readonly store: Store
  readonly importer: Importer
  readonly nodeIds: readonly string[]
  /** Asks PBXs which of these sounds they lack; never rejects. Absent: there is no PBX that could be asked. */
  readonly sounds?: (wanted: {
    readonly nodeIds: ReadonlySet<string>
    readonly names: readonly string[]
  }) => Promise<readonly NodeSounds[]>
  /** What a line of law says, in one line of words. */
  readonly wordsOf: (rule: Rule) => string
  /** Absent: nothing is measured beside the engine. */
  readonly measures?: Measures
  /** How much the log says. Absent: nobody can change it here. */
  readonly logLevel?: LogLevelControl
  /** Reads the configuration anew. Absent: there is none. */
  readonly reload?: ReloadControl
  /** Starts the next daemon. Absent: nobody can here. */
  readonly upgrade?: UpgradeControl
  /** Proves the ledger. Absent: it lies in no file. */
  readonly prover?: LedgerProver
  /** The phones that are made here. Absent: they all stand in files. */
  readonly phones?: PhoneBook
  /** Simulates what another pacing would give. Absent: nobody can here. */
  readonly foresee?: Foresee
  /** Trunks with their caller identities: the defaults of campaigns. */
  readonly trunks: CampaignDefaults['trunks']
  /** Where agents may give people to; absent: nowhere. */
  readonly transfers?: readonly TransferTarget[]
  /** ISO 3166 country of numbers without a country code. */
  readonly defaultCountry: string
  /** Whom campaigns call for where they name nobody. */
  readonly seller?: Seller
}

/** What a use case is given. */
export interface AppContext extends AppOptions {
  /** A number as written by somebody, in E.164. @throws ApiError 422 */
  readonly readNumber: (written: string) => PhoneNumber
  /** Lines of agents' calls. */
  readonly lines: LineTally
  /** Runs an import unless too many run already. @throws ApiError 429 */
  readonly runImport: <Report>(run: () => Promise<Report>) => Promise<Report>
}

/** Imports that may run at once: they share two cores with the dialing. */
const importsAtOnceMax = 2

/** Joins what the use cases stand on with what they share. */
export function createAppContext<Options extends AppOptions>(options: Options): Options & AppContext {
  const readNumber = createReader(options.defaultCountry)
  return { ...options, readNumber, lines: createLineTally(), runImport: createImportGate() }
}

function createReader(defaultCountry: string): AppContext['readNumber'] {
  const read = createListedNumberReader(defaultCountry)
  return written => {
    const reading = read(written)
    if (reading.valid) return reading.number
    // One that cannot be dialed (any more) can still be listed, unlisted and looked up, whatever it looks like.
    if (isE164(written)) return written
    throw new ApiError(422, 'invalid-number', `"${written}" is not a number: it ${numberProblems[reading.problem]}`)
  }
}

function createImportGate(): AppContext['runImport'] {
  let running = 0
  return async run => {
    if (running >= importsAtOnceMax) {
      throw new ApiError(429, 'too-many-imports', `${running} imports are running: try again when one has ended`)
    }
    running += 1
    try {
      return await run()
    } finally {
      running -= 1
    }
  }
}

/** An instant as sent, in milliseconds. @throws ApiError 422 */
export function instantMs(written: string, name: string): number {
  const at = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(written) ? Date.parse(written) : Number.NaN
  if (Number.isFinite(at)) return at
  throw new ApiError(422, 'invalid-request', `${name} must be an instant like 2026-01-31T14:30:00Z, not "${written}"`)
}

/** An instant as sent, where there is one. @throws ApiError 422 for one that no clock shows, as 23:59:60 */
export function optionalMs(written: string | undefined, name: string): number | undefined {
  return written === undefined ? undefined : instantMs(written, name)
}
