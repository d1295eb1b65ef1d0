import { Decisions } from '../board/campaigns.tsx'
import type { Campaign } from '../board/topics.ts'
import { count, percent, say } from '../parts/words.ts'

/** Why the last decision was as it was: who is free and will be, who may answer, what is risked and what may be. */
export function Decision({ status }: { readonly status: Campaign }) {
  const [last] = status.decisions
  return (
    <section class="card stack" aria-labelledby="decision-title">
      <h2 id="decision-title">{say('campaigns.why-decision')}</h2>
      {last === undefined && status.dayCap === undefined && <p class="muted">{say('campaigns.no-decisions')}</p>}
      {last !== undefined && Object.keys(last.figures).length > 0 && (
        <Scales figures={last.figures} originate={last.originate} />
      )}
      <Decisions campaign={status} />
    </section>
  )
}

interface ScalesProps {
  readonly figures: Readonly<Record<string, number>>
  readonly originate: number
}

function Scales({ figures, originate }: ScalesProps) {
  const { freeNow = 0, expectedFree, waiting = 0, inFlight = 0, expectedAnswers, risk, theta, budgetLeft } = figures
  const soonFree = Math.max(0, (expectedFree ?? freeNow) - freeNow)
  const ringing = Math.max(0, inFlight - waiting)
  const answering = expectedAnswers ?? ringing * (figures.answerProbability ?? 1)
  const most = Math.max(1, freeNow + soonFree, waiting + ringing)
  return (
    <div class="scales">
      <Scale
        what={say('campaigns.can-take')}
        says={say('campaigns.can-take-says', { free: count(freeNow), soon: count(soonFree) })}
        parts={[
          { size: freeNow / most, kind: 'sure' },
          { size: soonFree / most, kind: 'maybe' },
        ]}
      />
      <Scale
        what={say('campaigns.may-answer')}
        says={say('campaigns.may-answer-says', {
          waiting: count(waiting),
          expected: count(answering),
          ringing: count(ringing),
        })}
        parts={[
          { size: waiting / most, kind: 'sure' },
          { size: Math.min(answering, ringing) / most, kind: 'maybe' },
          { size: Math.max(0, ringing - answering) / most, kind: 'rest' },
        ]}
      />
      {risk !== undefined && theta !== undefined && (
        <Scale
          what={say('campaigns.risk')}
          says={say('campaigns.risk-says', { risk: percent(risk), accepted: percent(theta) })}
          parts={[{ size: Math.min(1, theta <= 0 ? Number(risk > 0) : risk / theta), kind: 'sure' }]}
          hasEnd
        />
      )}
      {budgetLeft !== undefined && (
        <p>
          {budgetLeft < 0
            ? say('campaigns.over', { count: count(-budgetLeft) })
            : say('campaigns.budget-left', { count: count(budgetLeft) })}
        </p>
      )}
      <p>
        <b>{say('campaigns.so-originated', { count: count(originate) })}</b>
      </p>
    </div>
  )
}

interface ScaleProps {
  readonly what: string
  readonly says: string
  readonly parts: readonly { readonly size: number; readonly kind: 'sure' | 'maybe' | 'rest' }[]
  /** The end of the bar is a limit. */
  readonly hasEnd?: boolean
}

function Scale({ what, says, parts, hasEnd = false }: ScaleProps) {
  return (
    <figure>
      <figcaption class="row spread">
        <span>{what}</span>
        <span class="small muted">{says}</span>
      </figcaption>
      <div class="part" aria-hidden="true" data-limit={hasEnd}>
        {parts.map(({ size, kind }) => (
          <i key={kind} style={`width:${Math.min(1, size) * 100}%`} data-kind={kind} />
        ))}
      </div>
    </figure>
  )
}
