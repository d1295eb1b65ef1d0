import type { CampaignSettings } from '../campaigns/campaign.ts'
import { automationOf } from '../campaigns/dialModes.ts'
import type { RefusalReason } from '../vocabulary.ts'

/**
 * Why a lead may have been put off although the reason can fall away before its time: settings change, a list comes in,
 * somebody gives their consent. A lead's own rest between attempts is not among them.
 */
export const releasableReasons = [
  'filtered-out',
  'outside-calling-hours',
  'outside-own-hours',
  'consent-missing',
  'consent-expired',
  'consent-withdrawn',
  'list-missing',
  'list-too-old',
  'unknown-place',
  'opt-out-missing',
  'country-not-allowed',
  'attempts-limit',
  'fatigue-rest',
  'fatigue-limit',
  'caller-identity',
  'by-hand-only',
] as const satisfies readonly RefusalReason[]
/** A reason that can be settled before its time. */
export type ReleasableReason = (typeof releasableReasons)[number]

/** What a do-not-call list of a nation or a state that has come in may have settled. */
export const listReasons = ['list-missing', 'list-too-old'] as const satisfies readonly ReleasableReason[]

/** What a permission, or a change of a person's own hours, may have settled: a permission lifts what its law lets it lift. */
export const permissionReasons = [
  ...([
    'consent-missing',
    'consent-expired',
    'consent-withdrawn',
    'outside-own-hours',
    'outside-calling-hours',
  ] as const),
  ...listReasons,
] as const satisfies readonly ReleasableReason[]

/** What leads that have come in may have settled for others: they may be further numbers of a person, with permissions. */
export const importReasons = [
  ...(['filtered-out', 'consent-missing', 'consent-expired', 'consent-withdrawn', 'outside-own-hours'] as const),
] as const satisfies readonly ReleasableReason[]

/** Why finished leads may be made due again by the operator; every other reason is for good. */
export const recyclableReasons = [
  'lead-finished',
  'skipped',
  'unreachable',
  'attempts-exhausted',
  'attempts-limit',
] as const satisfies readonly RefusalReason[]

/** Why leads are finished that come back when the list goes that held their numbers; a person's own refusal bars them further. */
export const listedReasons = ['do-not-call'] as const satisfies readonly RefusalReason[]

type Decided = { readonly by: (settings: CampaignSettings) => unknown; readonly reasons: readonly ReleasableReason[] }

/** Which settings decide on what a lead is put off for. */
const decided: readonly Decided[] = [
  // Whose calls these are, what they are about and how they are made decides which laws, windows, permissions and exemptions there are.
  {
    by: settings => {
      const { seller, purpose, topic, voice } = settings
      return [seller, purpose, topic, voice, automationOf(settings)]
    },
    reasons: releasableReasons,
  },
  { by: ({ optOutNumber }) => optOutNumber, reasons: ['opt-out-missing'] },
  { by: ({ countries }) => countries, reasons: ['country-not-allowed'] },
  { by: ({ filter }) => filter, reasons: ['filtered-out'] },
  { by: ({ consent }) => consent, reasons: ['consent-missing', 'consent-expired', 'consent-withdrawn'] },
  {
    by: ({ callingHours, ringTimeoutMs, setupTimeoutMs }) => [callingHours, ringTimeoutMs + setupTimeoutMs],
    reasons: ['outside-calling-hours', 'outside-own-hours'],
  },
  { by: ({ attemptLimits }) => attemptLimits, reasons: ['attempts-limit'] },
  { by: ({ fatigue }) => fatigue, reasons: ['fatigue-rest', 'fatigue-limit'] },
  { by: ({ callerIds }) => callerIds, reasons: ['caller-identity'] },
]

/** Reasons that a change of a campaign's settings may have settled; none for a campaign that is new. */
export function reasonsSettled(
  before: CampaignSettings | undefined,
  after: CampaignSettings,
): readonly ReleasableReason[] {
  if (before === undefined) return []
  const changed = decided.filter(({ by }) => JSON.stringify(by(before)) !== JSON.stringify(by(after)))
  const settled = new Set(changed.flatMap(({ reasons }) => reasons))
  return releasableReasons.filter(reason => settled.has(reason))
}
