import type { CampaignExplainView } from '../../api/campaigns.ts'
import { Progress, Refused } from '../parts/answers.tsx'
import { count, dayTime, say } from '../parts/words.ts'
import { useWorking, type WorkProgress } from '../parts/working.ts'

type Reason = CampaignExplainView['reasons'][number]

/** Why nothing is dialed: all leads, and what keeps each from being dialed now, counted when somebody asks. */
export function Funnel({ campaignId }: { readonly campaignId: string }) {
  const working = useWorking<CampaignExplainView>()
  const path = `/v1/campaigns/${encodeURIComponent(campaignId)}/explain`
  const told = working.answer.value
  const progress = working.progress.value
  return (
    <section class="card stack" aria-labelledby="funnel-title">
      <div class="row spread">
        <h2 id="funnel-title">{say('campaigns.why-nothing')}</h2>
        {progress === undefined ? (
          <button type="button" onClick={() => void working.begin({ method: 'GET', path })}>
            {say(told === undefined ? 'campaigns.count-leads' : 'campaigns.count-again')}
          </button>
        ) : (
          <button type="button" onClick={working.leave}>
            {say('campaigns.cancel')}
          </button>
        )}
      </div>
      {progress !== undefined && <Counting progress={progress} />}
      <Refused refused={working.refused} />
      {told !== undefined && <Picture told={told} />}
    </section>
  )
}

function Counting({ progress: { done, total } }: { readonly progress: WorkProgress }) {
  const isCounted = done !== undefined && total !== undefined && total > 0
  return (
    <Progress
      label={
        isCounted ? say('campaigns.counted-of', { done: count(done), total: count(total) }) : say('campaigns.counting')
      }
      done={isCounted ? done / total : undefined}
    />
  )
}

function Picture({ told }: { readonly told: CampaignExplainView }) {
  const { leads, dialable, at, dayCap, trunksFailing, agentsDial, unread } = told
  const reasons = [...told.reasons].sort((a, b) => Number(b.finished) - Number(a.finished) || b.leads - a.leads)
  let left = leads
  const steps = reasons.map(reason => {
    left -= reason.leads
    return { reason, left }
  })
  return (
    <>
      <p class="small muted">{say('campaigns.counted-at', { at: dayTime(at), leads: count(leads) })}</p>
      {dayCap !== undefined && <p class="note warn">{dayCap.says}</p>}
      {agentsDial !== undefined && <p class="note">{say('campaigns.agents-dial')}</p>}
      {trunksFailing.map(({ trunkId, says }) => (
        <p key={trunkId} class="note warn">{`${trunkId}: ${says}`}</p>
      ))}
      {unread.length > 0 && <p class="note warn">{say('campaigns.unread', { places: unread.join(', ') })}</p>}
      {leads === 0 ? (
        <p class="muted">{say('campaigns.no-leads')}</p>
      ) : (
        <ol class="plain stack tight">
          <Bar what={say('campaigns.all-leads')} leads={leads} of={leads} />
          {steps.map(one => (
            <Step key={one.reason.reason} reason={one.reason} left={one.left} of={leads} />
          ))}
          <Bar what={say('campaigns.dialable-now')} leads={dialable} of={leads} isEnd />
        </ol>
      )}
    </>
  )
}

interface BarProps {
  readonly what: string
  readonly leads: number
  readonly of: number
  /** What is left when it is taken away: where it stands. */
  readonly from?: number
  readonly isEnd?: boolean
}

/** A part of all leads, as long as it is large; what is there is drawn, however little. */
function Bar({
  what,
  leads,
  of,
  from = 0,
  isEnd = false,
  children,
}: BarProps & { readonly children?: preact.ComponentChildren }) {
  const width = leads === 0 ? 0 : Math.max(0.4, (leads / of) * 100)
  const start = Math.min(100 - width, (from / of) * 100)
  return (
    <li class="share">
      <p class="row spread">
        <span>{what}</span>
        <b>{count(leads)}</b>
      </p>
      <div class="part" aria-hidden="true">
        <i style={`margin-left:${start}%;width:${width}%`} data-end={isEnd} data-out={children !== undefined} />
      </div>
      {children}
    </li>
  )
}

function Step({ reason, left, of }: { readonly reason: Reason; readonly left: number; readonly of: number }) {
  const { says, leads, reason: name } = reason
  return (
    <Bar what={says} leads={leads} of={of} from={left}>
      <p class="small muted">
        {whenOf(reason)} <code>{name}</code>
      </p>
    </Bar>
  )
}

/** When it changes by itself, or who could change it. */
function whenOf({ finished, firstAt, lastAt, changedBy }: Reason): string {
  if (finished) return say('campaigns.never-by-itself')
  if (changedBy !== undefined) return say('campaigns.changed-by', { what: changedBy })
  if (firstAt === undefined) return say('campaigns.when-unknown')
  if (lastAt === undefined || lastAt === firstAt) return say('campaigns.all-at', { at: dayTime(firstAt) })
  return say('campaigns.from-until', { first: dayTime(firstAt), last: dayTime(lastAt) })
}
