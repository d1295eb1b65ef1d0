import { useSignal } from '@preact/signals'
import type { DeskPersonView, TopicView } from '../../api/agents/desk.ts'
import { dayName, hoursText, weekdays } from '../parts/hours.ts'
import { say, sayOf } from '../parts/words.ts'
import type { Work } from './work.ts'

interface WishesProps {
  readonly work: Work
  readonly person: DeskPersonView
}

/** Parts of a day as people speak of them; the law and the campaign may leave less of each. */
const parts = { morning: '08:00-12:00', afternoon: '12:00-17:00', evening: '17:00-21:00' } as const
type Part = keyof typeof parts
const partNames = ['morning', 'afternoon', 'evening'] as const satisfies readonly Part[]

/** When and about what the person wants to be called, as they say it now. */
export function Wishes({ work, person }: WishesProps) {
  return (
    <section class="card stack" aria-labelledby="wishes-title">
      <h2 id="wishes-title">{say('wishes.title')}</h2>
      <Hours work={work} hours={person.hours} />
      <ul class="plain stack tight">
        {person.topics.map(topic => (
          <Topic key={topic.topic} work={work} topic={topic} />
        ))}
      </ul>
    </section>
  )
}

function Hours({ work, hours }: { readonly work: Work; readonly hours: DeskPersonView['hours'] }) {
  const isOpen = useSignal(false)
  return (
    <>
      <p class="row spread">
        <span>{hours === undefined ? say('wishes.any-hour') : hoursText(hours.days)}</span>
        <button type="button" aria-expanded={isOpen.value} onClick={() => (isOpen.value = !isOpen.value)}>
          {say('wishes.hours')}
        </button>
      </p>
      {isOpen.value && <HoursChoice work={work} isSet={hours !== undefined} close={() => (isOpen.value = false)} />}
    </>
  )
}

function HoursChoice({
  work,
  isSet,
  close,
}: {
  readonly work: Work
  readonly isSet: boolean
  readonly close: () => void
}) {
  const chosen = useSignal<ReadonlySet<Part>>(new Set())
  const days = useSignal<ReadonlySet<string>>(new Set(weekdays.slice(0, 5)))
  const said = (): Record<string, readonly string[]> => {
    const spans = joined(partNames.filter(part => chosen.value.has(part)))
    return Object.fromEntries(weekdays.filter(day => days.value.has(day)).map(day => [day, spans]))
  }
  const keep = async (): Promise<void> => {
    if (await work.sayHours(said())) close()
  }
  return (
    <div class="stack tight">
      <fieldset class="row" aria-label={say('wishes.part')}>
        {partNames.map(part => (
          <Toggle key={part} set={chosen} one={part} text={say(`wishes.${part}`)} />
        ))}
      </fieldset>
      <fieldset class="row" aria-label={say('wishes.days')}>
        {weekdays.map((day, index) => (
          <Toggle key={day} set={days} one={day} text={dayName(index)} />
        ))}
      </fieldset>
      <p class="small muted" role="status">
        {hoursText(said())}
      </p>
      <p class="row">
        <button
          class="first"
          type="button"
          disabled={chosen.value.size === 0 || days.value.size === 0}
          onClick={() => void keep()}
        >
          {say('wishes.keep')}
        </button>
        {isSet && (
          <button type="button" onClick={async () => (await work.sayHours(null)) && close()}>
            {say('wishes.forget')}
          </button>
        )}
      </p>
    </div>
  )
}

interface ToggleProps<One extends string> {
  readonly set: { value: ReadonlySet<One> }
  readonly one: One
  readonly text: string
}

function Toggle<One extends string>({ set, one, text }: ToggleProps<One>) {
  const isOn = set.value.has(one)
  const turn = (): void => {
    set.value = new Set(isOn ? [...set.value].filter(other => other !== one) : [...set.value, one])
  }
  return (
    <button type="button" class="toggle" aria-pressed={isOn} onClick={turn}>
      {text}
    </button>
  )
}

/** Spans that follow each other are one: a call may not cross the end of a span. */
function joined(chosen: readonly Part[]): readonly string[] {
  const spans: string[] = []
  for (const part of chosen) {
    const [from = '', until = ''] = parts[part].split('-')
    const last = spans.at(-1)
    if (last?.endsWith(from)) spans.splice(-1, 1, `${last.slice(0, 5)}-${until}`)
    else spans.push(parts[part])
  }
  return spans
}

function Topic({ work, topic: { topic, says } }: { readonly work: Work; readonly topic: TopicView }) {
  return (
    <li class="row spread">
      <span>
        {topic} <span class="muted">{sayOf('says', says)}</span>
      </span>
      <span class="row">
        {(['yes', 'no'] as const).map(answer => (
          <button
            key={answer}
            type="button"
            class="toggle"
            aria-pressed={says === answer}
            aria-label={say(`wishes.${answer}-to`, { topic })}
            onClick={() => void work.sayTopic(topic, answer === 'yes')}
          >
            {sayOf('form', answer)}
          </button>
        ))}
      </span>
    </li>
  )
}
