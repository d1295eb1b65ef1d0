import type { CampaignId, InstantMs, PhoneNumber } from '../ids.ts'
import type { Place } from './rules.ts'

/**
 * What a do-not-call list is. `national` and `state`: kept by an authority, for a place. `company`: the company's own
 * refusals, which bind always (47 CFR 64.1200(d)). `campaign`: holds for one campaign only. `retired`: numbers that are
 * not in service. `other`: bought, or the operator's own; binds as the company's does. `wrong-person`: whoever answers there is not
 * the person; `deceased`: the person has died; `seller`: the company's own refusals that were said to one seller.
 */
export const doNotCallKinds = [
  'national',
  'state',
  'company',
  'campaign',
  'other',
  'retired',
  'wrong-person',
  'deceased',
  'seller',
] as const
/** What a do-not-call list is, in one word. */
export type DoNotCallKind = (typeof doNotCallKinds)[number]

/**
 * Lists that hold a person's word: they bind every number of the person, known then or later (16 CFR 310.4(b)(1)(iii)(A)). A
 * nation's and a state's list telephone lines; a dead number and a stranger's are about that number.
 */
export const personKinds: ReadonlySet<DoNotCallKind> = new Set(['company', 'campaign', 'other', 'deceased', 'seller'])

/** One list that holds a number, itself or by one of its prefixes; a number has one hit for each list that holds it. */
export interface DoNotCallHit {
  /** The list's name; `company`, `retired`, `seller:acme` and their like are the company's own. */
  readonly list: string
  readonly kind: DoNotCallKind
  /** Which content of the list: given by the operator or the beginning of its checksum; `own` for the company's own. */
  readonly version: string
  /** Of national and state lists. */
  readonly place?: Place
  /** Of kind `campaign`: the one campaign for which it holds. */
  readonly campaignId?: CampaignId
  /** Of kind `seller`: to whom it was said. */
  readonly seller?: string
  /** When the list came in; of the company's own: when the number was put on it. */
  readonly importedAt: InstantMs
  /** The day of the content as the operator stated it; what the law's limit of age is about. */
  readonly asOf: InstantMs
  /** The number itself does not stand there: another number of its person does. */
  readonly through?: PhoneNumber
}

/** A list as it stands, whether or not it holds the number that is asked about. */
export interface DoNotCallListState {
  readonly name: string
  readonly kind: DoNotCallKind
  /** Of national and state lists. */
  readonly place?: Place
  /** Of kind `campaign`. */
  readonly campaignId?: CampaignId
  /** The version whose content it is, as in a hit. */
  readonly version: string
  /** How many different numbers it holds, prefixes not counted. */
  readonly numbers: number
  readonly importedAt: InstantMs
  /** The day of its content as the operator stated it. */
  readonly asOf: InstantMs
}
