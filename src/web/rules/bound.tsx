import { useSignal } from '@preact/signals'
import type { BoundView } from '../../api/rules/rules.ts'
import { Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useDeed } from '../parts/asking.ts'
import { dayTime, say, sayOf } from '../parts/words.ts'
import { CampaignChoice } from './campaign.tsx'
import { Changed, Off } from './lines.tsx'

type Case = BoundView['cases'][number]
type Line = Case['lines'][number]

/** The gravest first. */
const order = ['refuses', 'satisfied', 'lifted', 'stands'] as const satisfies readonly Line['answer'][]
const signs = { refuses: '✕', satisfied: '✓', lifted: '○', stands: '–' } as const

/** A number is typed, and what binds a call to it now is shown. */
export function NumberCard() {
  const number = useSignal('')
  const campaignId = useSignal('')
  const bound = useSignal<BoundView | undefined>(undefined)
  const deed = useDeed()
  const look = (event: Event): void => {
    event.preventDefault()
    const query = campaignId.value === '' ? '' : `?campaignId=${encodeURIComponent(campaignId.value)}`
    const path = `/v1/rules/number/${encodeURIComponent(number.value.trim())}${query}`
    bound.value = undefined
    void deed.run(async () => (bound.value = await ask<BoundView>('GET', path)))
  }
  return (
    <section class="card stack" aria-labelledby="of-number">
      <h2 id="of-number">{say('rules.number')}</h2>
      <form class="fields" onSubmit={look}>
        <label>
          {say('rules.typed')}
          <input
            type="tel"
            autocomplete="off"
            required
            maxLength={50}
            aria-describedby="number-hint"
            value={number.value}
            onInput={event => (number.value = event.currentTarget.value)}
          />
        </label>
        <CampaignChoice
          value={campaignId.value}
          none={say('rules.every-campaign')}
          onChoose={id => (campaignId.value = id)}
        />
        <button class="first at-end" type="submit" disabled={deed.isBusy.value}>
          {say('rules.look')}
        </button>
      </form>
      <p id="number-hint" class="small muted">
        {say('rules.number-hint')}
      </p>
      <Refused refused={deed.refused} />
      <div class="stack panel tall" role="status">
        {bound.value?.cases.length === 0 && <p>{say('rules.no-case')}</p>}
        {bound.value?.cases.map(one => (
          <BoundCase key={`${one.campaignId} ${one.leadId}`} number={bound.value?.number ?? ''} one={one} />
        ))}
      </div>
    </section>
  )
}

function BoundCase({ number, one }: { readonly number: string; readonly one: Case }) {
  const values = { number, campaign: one.campaignId }
  return (
    <article class="stack">
      <p class={one.allowed ? 'note' : 'note act'}>
        <strong>{one.allowed ? say('rules.may', values) : say('rules.may-not', values)}</strong>
      </p>
      <p class="small muted">{say(one.leadId === undefined ? 'rules.no-lead' : 'rules.lead-of')}</p>
      <Facts one={one} />
      {one.refusals.length > 0 && (
        <div>
          <h3>{say('rules.why-not')}</h3>
          <ul class="inside">
            {one.refusals.map(({ check, says }) => (
              <li key={check}>{says}</li>
            ))}
          </ul>
        </div>
      )}
      <details>
        <summary>{say('rules.lines-of', { count: one.lines.length })}</summary>
        <ul class="plain listed">
          {order.flatMap(answer =>
            one.lines.filter(line => line.answer === answer).map(line => <AnsweredLine key={line.rule} line={line} />),
          )}
        </ul>
        <Off off={one.off} />
      </details>
    </article>
  )
}

function Facts({ one: { places, localTimes, retryAt, windows } }: { readonly one: Case }) {
  const where = places.map(({ place, read }) => (read ? place : say('rules.place-unread', { place })))
  const times = localTimes.map(({ zone, time }) => `${time} ${zone}`)
  return (
    <dl class="facts">
      <dt>{say('rules.places')}</dt>
      <dd>{where.length === 0 ? say('rules.unknown') : where.join(', ')}</dd>
      <dt>{say('rules.time-there')}</dt>
      <dd>{times.length === 0 ? say('rules.unknown') : times.join(', ')}</dd>
      {retryAt !== undefined && (
        <>
          <dt>{say('rules.again')}</dt>
          <dd>{dayTime(retryAt)}</dd>
        </>
      )}
      {windows.length > 0 && (
        <>
          <dt>{say('rules.windows')}</dt>
          <dd>
            {windows.map(window => (
              <p key={window.rule}>{windowWords(window)}</p>
            ))}
          </dd>
        </>
      )}
    </dl>
  )
}

function windowWords({ rule, count, max, retryAt }: Case['windows'][number]): string {
  if (count < max) return say('rules.window', { rule, max, left: max - count })
  if (retryAt === undefined) return say('rules.window-full-ever', { rule, max })
  return say('rules.window-full', { rule, max, at: dayTime(retryAt) })
}

function AnsweredLine({ line }: { readonly line: Line }) {
  const { answer, asks, rule, source, read, why, override } = line
  return (
    <li>
      <p class={answer === 'refuses' ? 'acts' : undefined}>
        <span aria-hidden="true">{`${signs[answer]} `}</span>
        <strong>{sayOf('rules.answer', answer)}</strong>
        {`: ${asks}`}
      </p>
      <p class="small muted">{`${rule} · ${say('rules.source', { source, date: read })}`}</p>
      {why !== undefined && <p class="small">{why}</p>}
      {override !== undefined && <Changed {...override} />}
    </li>
  )
}
