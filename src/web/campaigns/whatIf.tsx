import { useSignal } from '@preact/signals'
import type { WhatIfView } from '../../api/foresight/whatIf.ts'
import { Progress, Refused } from '../parts/answers.tsx'
import { count, percent, say, sayOf } from '../parts/words.ts'
import { useWorking } from '../parts/working.ts'
import type { Doc, Draft } from './draft.ts'

/** What the pacing in the fields would give, beside the one in force. Nothing changes by it; whoever leaves ends it. */
export function WhatIf({ draft }: { readonly draft: Draft }) {
  const work = useWorking<WhatIfView>()
  const agents = useSignal('')
  const progress = work.progress.value
  const ask = (event: Event): void => {
    event.preventDefault()
    const { pacing = {}, ringTimeout } = draft.doc.value
    const named = agents.value.trim() === '' ? undefined : Number(agents.value)
    const body = JSON.stringify({ pacing: { ...(pacing as Doc), ringTimeout }, agents: named })
    const path = `/v1/campaigns/${encodeURIComponent(draft.campaignId)}/pacing/what-if`
    void work.begin({ method: 'POST', path, body })
  }
  const { done, total } = progress ?? {}
  const share = done === undefined || total === undefined ? undefined : done / total
  return (
    <section class="card stack" aria-labelledby="what-if-title">
      <h2 id="what-if-title">{say('what-if.title')}</h2>
      <p class="small muted">{say('what-if.means')}</p>
      <form class="stack tight" onSubmit={ask}>
        <label>
          {say('what-if.agents')}
          <input
            type="number"
            min={1}
            max={1_000}
            value={agents.value}
            onInput={event => (agents.value = event.currentTarget.value)}
          />
        </label>
        <p class="row">
          <button type="submit" disabled={progress !== undefined}>
            {say('what-if.ask')}
          </button>
          {progress !== undefined && (
            <button type="button" onClick={work.leave}>
              {say('what-if.leave')}
            </button>
          )}
        </p>
      </form>
      {progress !== undefined && <Progress label={say('what-if.runs')} done={share} />}
      <Refused refused={work.refused} />
      <div role="status">{work.answer.value !== undefined && <Found found={work.answer.value} />}</div>
    </section>
  )
}

type Expected = WhatIfView['present']

/** `runs`: how many it rests on; one alone says nothing of how sure it is. */
const rows: readonly (readonly [name: string, cell: (one: Expected, runs: number) => string])[] = [
  ['mode', ({ pacing }) => sayOf('mode', pacing.mode ?? '')],
  ['target', ({ pacing }) => (pacing.abandonmentTarget === undefined ? '–' : percent(pacing.abandonmentTarget))],
  [
    'occupancy',
    ({ occupancy: { mean, ci95 } }, runs) => (runs > 1 ? `${percent(mean)} ± ${percent(ci95)}` : percent(mean)),
  ],
  ['abandonment', ({ abandonmentRate }) => percent(abandonmentRate.pooled)],
  ['worst', ({ abandonmentRate }) => percent(abandonmentRate.max)],
  ['attempts', ({ attemptsPerHour }) => count(Math.round(attemptsPerHour))],
  ['conversations', ({ connectedPerHour }) => count(Math.round(connectedPerHour))],
  ['days', ({ daysToFinish }) => (daysToFinish === undefined ? say('what-if.never') : count(daysToFinish))],
]

function Found({
  found: { agents, agentsAssumed, basis, runs, hours, present, changed },
}: {
  readonly found: WhatIfView
}) {
  const rests =
    basis.kind === 'history'
      ? say('what-if.history', { attempts: count(basis.attempts) })
      : say('what-if.assumption', { scenario: basis.scenario, because: basis.because })
  return (
    <div class="stack tight">
      <section class="scroll" aria-label={say('what-if.what')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('what-if.what')}</th>
              <th scope="col" class="number">
                {say('what-if.now')}
              </th>
              <th scope="col" class="number">
                {say('what-if.then')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, cell]) => (
              <tr key={name}>
                <th scope="row">{sayOf('what-if', name)}</th>
                <td class="number">{cell(present, runs)}</td>
                <td class="number">{cell(changed, runs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="small">{rests}</p>
      <p class="small muted">{say('what-if.team', { agents, runs, hours })}</p>
      {agentsAssumed && <p class="small warns">{say('what-if.assumed', { agents })}</p>}
    </div>
  )
}
