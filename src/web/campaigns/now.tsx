import type { CampaignView } from '../../api/campaigns.ts'
import { Abandonment } from '../board/campaigns.tsx'
import type { Campaign } from '../board/topics.ts'
import { count, dayTime, percent, say, sayOf } from '../parts/words.ts'
import { Decision } from './decision.tsx'
import { Funnel } from './funnel.tsx'

interface NowProps {
  readonly status: Campaign
  readonly view: CampaignView
}

/** How it does at this moment. */
export function Now({ status, view }: NowProps) {
  return (
    <div class="stack">
      <Figures status={status} view={view} />
      <Decision status={status} />
      <Funnel campaignId={status.campaignId} />
      <Budget status={status} />
    </div>
  )
}

function Figures({ status, view }: NowProps) {
  const { agents, calls, counters, occupancy, dialLevel, dialLevelMax } = status
  const waiting = agents.available
  const there = Object.entries(agents).reduce((sum, [state, many]) => (state === 'offline' ? sum : sum + many), 0)
  const figures: readonly (readonly [string, string])[] = [
    [say('board.talking'), `${count(agents['on-call'])} / ${count(there)}`],
    [say('campaigns.agents-wait'), count(waiting)],
    [say('board.ringing'), count(calls.originating + calls.ringing)],
    [say('board.dialed'), count(counters.attempts)],
    [say('board.answered'), count(counters.answeredByPerson)],
    [say('board.connected'), count(counters.connected)],
    [say('board.occupancy'), percent(occupancy)],
    [say('board.dial-level'), say('board.level-of', { level: count(dialLevel), max: count(dialLevelMax) })],
    [
      say('campaigns.leads-left'),
      say('campaigns.of', { some: count(view.leads.dialable), all: count(view.leads.total) }),
    ],
  ]
  return (
    <section class="stack" aria-label={say('campaigns.figures')}>
      <p class="small muted">
        {status.startedAt === undefined
          ? say('campaigns.never-started')
          : say('campaigns.since', { at: dayTime(status.startedAt) })}
      </p>
      <dl class="day">
        {figures.map(([what, figure]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{figure}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** How the abandonments that the law allows were spent, window by window. */
function Budget({ status }: { readonly status: Campaign }) {
  return (
    <section class="card stack" aria-labelledby="budget-title">
      <h2 id="budget-title">{say('campaigns.budget')}</h2>
      <Abandonment campaign={status} />
      {status.windows.length === 0 && <p class="muted">{say('campaigns.no-windows')}</p>}
      <ul class="plain scales">
        {status.windows.map(({ window, of, rateMax, answers, abandoned, left }) => {
          const allowed = rateMax * answers
          const spent = allowed === 0 ? Number(abandoned > 0) : Math.min(1, abandoned / allowed)
          return (
            <li key={`${window} ${of}`}>
              <p class="row spread">
                <b>{sayOf('window', window)}</b>
                <span class={left < 0 ? 'acts' : undefined}>{leftWords(left, allowed, rateMax)}</span>
              </p>
              <div class="meter" aria-hidden="true">
                <i style={`width:${spent * 100}%`} data-near={spent > 0.8} data-over={left < 0} />
              </div>
              <p class="small muted">
                {say('campaigns.spent', {
                  abandoned: count(abandoned),
                  answers: count(answers),
                  max: percent(rateMax),
                  of: sayOf('campaigns.window-of', of),
                })}
              </p>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function leftWords(left: number, allowed: number, rateMax: number): string {
  if (left < 0) return say('campaigns.over', { count: count(-left) })
  if (allowed < 1) return say('board.not-earned', { max: percent(rateMax) })
  return say('campaigns.left', { count: count(Math.floor(left)) })
}
