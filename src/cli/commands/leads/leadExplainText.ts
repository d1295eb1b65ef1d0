import type { Static } from 'typebox'
import type { explainView } from '../../../api/leads.ts'
import { unreadSentence } from '../../../api/sentences.ts'
import { printable } from '../../../core/printable.ts'
import { localTime, localTimes, plural, table } from '../../terminal/format.ts'

type Explained = Static<typeof explainView>
type ExplainedLead = Explained['leads'][number]

/** What `leads explain` prints: the lists, then every check of every lead with the number. */
export function leadExplainWords({ number, doNotCall, lists, inFlight, leads }: Explained): string {
  const entry = doNotCall.listed ? ` (${doNotCall.source}, ${localTime(doNotCall.at)})` : ''
  const held = lists.map(({ list, version }) => (version === 'own' ? list : `${list} ${version}`)).join(', ')
  const listed = lists.length === 0 ? 'is on no do-not-call list' : `is on ${held}${entry}`
  const flight = inFlight ? '; it is being called right now' : ''
  const none = leads.length === 0 ? '\nno lead has this number\n' : ''
  return `${number} ${listed}${flight}\n${none}${leads.map(leadWords).join('')}`
}

function leadWords(explained: ExplainedLead): string {
  const { lead, campaignState, dialable, checks } = explained
  const verdict = dialable ? 'may be dialed now' : 'is not dialed now'
  const running = campaignState === 'running' ? 'yes' : `no: campaign ${lead.campaignId} is ${campaignState}`
  const rows = [['campaign', running], ...checks.map(({ check, says }) => [check, localTimes(says)])]
  const title = `lead ${lead.leadId} of ${lead.campaignId} ${verdict} (${plural(lead.attempts, 'attempt')} so far)`
  return `\n${title}\n${table(['check', 'answer'], rows)}${aboutWords(explained)}`
}

/** What the checks looked at. */
function aboutWords({
  places,
  unread,
  localTimes,
  windows,
  fatigue,
  bestHour,
  rulesVersion,
  lead,
}: ExplainedLead): string {
  const where = places.length === 0 ? 'nothing says where the person is' : `at ${places.join(', ')}`
  const clocks = localTimes.map(({ zone, time }) => `${time} in ${zone}`).join(', ')
  const full = windows.map(({ rule, count, max }) => `${rule} ${count} of ${max}`).join(', ')
  const parts = fatigue.parts.map(({ what, times }) => `${what} ${times}`).join(', ')
  const origin = lead.provenance
  const lines = [
    `${where}${clocks === '' ? '' : `; it is ${clocks}`}`,
    unread.length === 0 ? undefined : unreadSentence(unread),
    full === '' ? undefined : `windows of attempts: ${full}`,
    `fatigue: ${fatigue.points} of ${fatigue.limit} points${parts === '' ? '' : ` (${parts})`}`,
    bestHour === undefined ? undefined : `best hour so far: ${bestHour} o'clock`,
    origin === undefined ? undefined : `number from: ${printable(originWords(origin))}`,
    `rules: version ${rulesVersion}`,
  ]
  return `${lines.filter(line => line !== undefined).join('\n')}\n`
}

/** `trade fair Berlin, 2026-10-01, consent` */
export function originWords({
  origin,
  obtainedAt,
  legalBasis,
}: NonNullable<ExplainedLead['lead']['provenance']>): string {
  return [origin, obtainedAt?.slice(0, 10), legalBasis].filter(part => part !== undefined).join(', ')
}
