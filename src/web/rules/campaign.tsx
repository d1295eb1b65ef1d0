import { useSignal } from '@preact/signals'
import type { RuleLinesView } from '../../api/rules/rules.ts'
import { Answer } from '../parts/answers.tsx'
import { useAsked } from '../parts/asking.ts'
import { say } from '../parts/words.ts'
import { Lines } from './lines.tsx'

interface Named {
  readonly campaigns: readonly { readonly campaignId: string; readonly name: string }[]
}

interface ChoiceProps {
  readonly value: string
  readonly none: string
  readonly onChoose: (campaignId: string) => void
}

/** The campaigns by their names. */
export function CampaignChoice({ value, none, onChoose }: ChoiceProps) {
  const asked = useAsked<Named>('/v1/campaigns')
  return (
    <label>
      {say('rules.campaign')}
      <select value={value} onChange={event => onChoose(event.currentTarget.value)}>
        <option value="">{none}</option>
        {asked.answer.value?.campaigns.map(({ campaignId, name }) => (
          <option key={campaignId} value={campaignId}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

/** What binds a campaign now. */
export function CampaignCard() {
  const chosen = useSignal('')
  const path = chosen.value === '' ? undefined : `/v1/rules/lines?campaignId=${encodeURIComponent(chosen.value)}`
  const asked = useAsked<RuleLinesView>(path)
  return (
    <section class="card stack" aria-labelledby="of-campaign">
      <h2 id="of-campaign">{say('rules.of-campaign')}</h2>
      <CampaignChoice value={chosen.value} none={say('rules.choose')} onChoose={id => (chosen.value = id)} />
      {path !== undefined && (
        <Answer asked={asked} what={say('rules.lines')}>
          {found => (
            <div class="stack panel tall">
              <Where {...found} />
              <Lines found={found} />
            </div>
          )}
        </Answer>
      )}
    </section>
  )
}

function Where({ places = [], unread = [] }: RuleLinesView) {
  if (places.length === 0) return <p class="muted">{say('rules.no-places')}</p>
  const named = places.map(place => (unread.includes(place) ? say('rules.place-unread', { place }) : place))
  return <p>{say('rules.places-of', { places: named.join(', ') })}</p>
}
