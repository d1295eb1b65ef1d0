import { useSignal } from '@preact/signals'
import type { RuleLinesView, RulesView } from '../../api/rules/rules.ts'
import { Answer } from '../parts/answers.tsx'
import { useAsked } from '../parts/asking.ts'
import { Search } from '../parts/forms.tsx'
import { say } from '../parts/words.ts'
import { Lines } from './lines.tsx'

type One = RulesView['jurisdictions'][number]

interface BookProps {
  readonly book: RulesView
}

/** So many places of a jurisdiction are named. */
const placesShown = 6

/** Every jurisdiction, each with its lines on a press. */
export function Jurisdictions({ book: { jurisdictions } }: BookProps) {
  const sought = useSignal('')
  const wanted = sought.value.trim().toLowerCase()
  const found = jurisdictions.filter(({ jurisdiction, name, places }) =>
    [jurisdiction, name, ...places].some(one => one.toLowerCase().includes(wanted)),
  )
  return (
    <section class="card stack" aria-labelledby="jurisdictions">
      <div class="row spread">
        <h2 id="jurisdictions">{say('rules.jurisdictions')}</h2>
        <Search label={say('rules.find')} value={sought} />
      </div>
      {found.length === 0 && <p class="muted">{say('rules.none-found')}</p>}
      <ul class="plain listed">
        {found.map(one => (
          <Jurisdiction key={one.jurisdiction} one={one} />
        ))}
      </ul>
    </section>
  )
}

function Jurisdiction({ one }: { readonly one: One }) {
  const isOpen = useSignal(false)
  const { jurisdiction, name, rules, read, overridden } = one
  const counted = read === '' ? say('rules.all-off') : say('rules.count', { lines: rules, read })
  return (
    <li>
      <details onToggle={event => (isOpen.value = event.currentTarget.open)}>
        <summary>
          <strong>{jurisdiction}</strong> {name}
          <span class="small muted">{` · ${placesOf(one)} · ${counted}`}</span>
          {overridden > 0 && <span class="small warns">{` · ${say('rules.overridden', { count: overridden })}`}</span>}
        </summary>
        {isOpen.value && <LinesOf jurisdiction={jurisdiction} />}
      </details>
    </li>
  )
}

function placesOf({ places }: One): string {
  if (places.length <= placesShown) return places.join(', ')
  const shown = places.slice(0, placesShown - 1)
  return say('rules.more-places', { places: shown.join(', '), count: places.length - shown.length })
}

/** A place's name may be a jurisdiction's too (DE): its own lines are those whose names begin with it. */
function LinesOf({ jurisdiction }: { readonly jurisdiction: string }) {
  const asked = useAsked<RuleLinesView>(`/v1/rules/lines?where=${encodeURIComponent(jurisdiction)}`)
  const isIts = ({ ruleId }: { readonly ruleId: string }): boolean => ruleId.startsWith(`${jurisdiction}/`)
  return (
    <div class="inset">
      <Answer asked={asked} what={say('rules.lines')}>
        {({ version, lines, off }) => (
          <Lines found={{ version, lines: lines.filter(isIts), off: off.filter(isIts), withoutHours: false }} />
        )}
      </Answer>
    </div>
  )
}

/** What the operator has changed, by whom and why. */
export function Changes({ book: { overrides, profiles } }: BookProps) {
  const under = Object.entries(profiles)
  return (
    <section class="card stack" aria-labelledby="changes">
      <h2 id="changes">{say('rules.overrides')}</h2>
      {overrides.length === 0 && <p class="muted">{say('rules.no-overrides')}</p>}
      <ul class="plain listed">
        {overrides.map(({ ruleId, by, reason, change }) => (
          <li key={ruleId}>
            <p>
              <strong>{ruleId}</strong> {change}
            </p>
            <p class="small muted">{`${by}: ${reason}`}</p>
          </li>
        ))}
      </ul>
      {under.length > 0 && (
        <>
          <h3>{say('rules.profiles')}</h3>
          <p>{under.map(([place, profile]) => say('rules.profile', { place, profile })).join(', ')}</p>
        </>
      )}
    </section>
  )
}

/** Places whose own law nobody has read. */
export function Unread({ book: { readings } }: BookProps) {
  const open = readings.filter(({ unread }) => unread.length > 0)
  return (
    <section class="card stack" aria-labelledby="unread">
      <h2 id="unread">{say('rules.unread')}</h2>
      {open.length === 0 && <p class="muted">{say('rules.all-read')}</p>}
      {open.map(({ country, unread }) => (
        <div key={country}>
          <p class="small muted">{say('rules.unread-says', { country })}</p>
          <p>{unread.join(', ')}</p>
        </div>
      ))}
    </section>
  )
}
