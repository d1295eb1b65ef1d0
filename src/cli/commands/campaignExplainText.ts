import type { Static } from 'typebox'
import type { campaignExplainView } from '../../api/campaigns.ts'
import { unreadSentence } from '../../api/sentences.ts'
import { localTime, localTimes, table } from '../terminal/format.ts'

type Explained = Static<typeof campaignExplainView>
type WhenAgain = Omit<Explained['reasons'][number], 'says' | 'leads'>

/** What `campaign explain` prints: how many may be dialed now, then the reasons, the most first. */
export function campaignExplainWords(explained: Explained): string {
  const { campaignId, leads, dialable, reasons, unread, dayCap, trunksFailing, agentsDial } = explained
  const warning = unread.length === 0 ? '' : `${unreadSentence(unread)}\n`
  const capped = dayCap === undefined ? '' : `nothing is dialed: ${localTimes(dayCap.says)}\n`
  const failing = trunksFailing.map(({ trunkId, says }) => `trunk ${trunkId} ${localTimes(says)}\n`).join('')
  const byHand = agentsDial === undefined ? '' : `agents dial by themselves: ${agentsDial}\n`
  const head = `${campaignId}: ${dialable} of ${leads} leads may be dialed now\n${byHand}${capped}${failing}${warning}`
  if (reasons.length === 0) return head
  const rows = reasons.map(({ says, leads, ...reason }) => [
    ...[leads, reason.reason, `a lead that ${says}`],
    whenWords(reason),
  ])
  return `${head}\n${table(['leads', 'why not', 'meaning', 'when again'], rows)}`
}

function whenWords({ finished, firstAt, lastAt, changedBy }: WhenAgain): string {
  if (changedBy !== undefined) return changedBy
  if (firstAt === undefined) return finished ? 'never by itself' : ''
  return firstAt === lastAt ? localTime(firstAt) : `${localTime(firstAt)} to ${localTime(lastAt)}`
}
