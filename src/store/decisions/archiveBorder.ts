import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import { lookBackMs } from '../../core/compliance/lookBack.ts'
import type { Rule, RuleBook } from '../../core/compliance/rules.ts'
import type { InstantMs } from '../../core/ids.ts'
import { dayMs } from '../../core/time.ts'
import { InputError } from '../../errors.ts'

/** The line of the rules that demands records the longest; `undefined`: none demands any. */
export function longestRetention({ jurisdictions }: Pick<RuleBook, 'jurisdictions'>): Rule<'retention'> | undefined {
  const [longest] = jurisdictions
    .flatMap(({ rules }) => rules)
    .flatMap(rule => (rule.kind === 'retention' ? [rule] : []))
    .sort((one, other) => other.forMs - one.forMs)
  return longest
}

/** What an archive's border is worked out from. */
export interface BorderFacts {
  /** Absent: the ledger names none. */
  readonly book?: RuleBook | undefined
  readonly campaigns: readonly Pick<CampaignSettings, 'attemptLimits' | 'fatigue'>[]
  readonly at: InstantMs
}

/** Before which instant attempts may leave, and what keeps the later ones; `undefined`: no rule says how long records are kept. */
export function archiveBorder({
  book,
  campaigns,
  at,
}: BorderFacts): { before: InstantMs; because: string } | undefined {
  const retention = book && longestRetention(book)
  if (book === undefined || retention === undefined) return undefined
  const looksBack = lookBackMs(book, campaigns)
  if (looksBack > retention.forMs)
    return { before: at - looksBack, because: `rules and campaigns look back ${days(looksBack)} days` }
  return { before: at - retention.forMs, because: `${retention.ruleId} demands ${days(retention.forMs)} days` }
}

function days(spanMs: number): number {
  return Math.ceil(spanMs / dayMs)
}

/**
 * The border of an archive that is asked for.
 * @throws InputError `retention`, where something asks for what would leave, or nobody has said how long it is kept
 */
export function borderFor(facts: BorderFacts & { readonly asked?: InstantMs | undefined }): InstantMs {
  const { asked, book, campaigns, at } = facts
  if (book === undefined) throw problem('the ledger names no rules yet; start the daemon with its rules once')
  const allowed = archiveBorder(facts)
  if (allowed === undefined) {
    if (asked === undefined) throw problem('no rule says how long records are kept; say with --before what may leave')
    const before = at - lookBackMs(book, campaigns)
    return within(asked, { before, because: 'rules and campaigns look back further' })
  }
  return within(asked ?? allowed.before, allowed)
}

function within(asked: InstantMs, { before, because }: { before: InstantMs; because: string }): InstantMs {
  if (asked <= before) return asked
  const iso = (instant: number) => new Date(instant).toISOString()
  throw problem(`${because}, so only what is from before ${iso(before)} may leave, and ${iso(asked)} was asked for`)
}

function problem(text: string): InputError {
  return new InputError('retention', `nothing was archived: ${text}`)
}
