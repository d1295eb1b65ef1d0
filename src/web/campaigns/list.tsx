import { useSignal } from '@preact/signals'
import type { Campaign } from '../board/topics.ts'
import { Search } from '../parts/forms.tsx'
import { count, percent, say, sayOf } from '../parts/words.ts'
import { Create } from './create.tsx'
import { addressOf } from './place.ts'

interface ListProps {
  readonly campaigns: readonly Campaign[]
  readonly mayCreate: boolean
}

const atOnceMax = 100
const order: readonly Campaign['state'][] = ['running', 'stopping', 'paused', 'stopped']

/** All campaigns, those at work first. */
export function List({ campaigns, mayCreate }: ListProps) {
  const wanted = useSignal('')
  const shownMax = useSignal(atOnceMax)
  const found = campaigns
    .filter(campaign => matches(campaign, wanted.value))
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.name.localeCompare(b.name))
  const shown = found.slice(0, shownMax.value)
  return (
    <section class="card stack" aria-labelledby="campaigns-title">
      <div class="row spread">
        <h1 id="campaigns-title">{say('place.campaigns')}</h1>
        <div class="row">
          {campaigns.length > 5 && <Search label={say('campaigns.find')} value={wanted} />}
          {mayCreate && <Create />}
        </div>
      </div>
      {campaigns.length === 0 && <p class="muted">{say(mayCreate ? 'campaigns.empty-make' : 'campaigns.empty')}</p>}
      {shown.length > 0 && (
        <div class="scroll">
          <table>
            <Head />
            <tbody>
              {shown.map(campaign => (
                <Row key={campaign.campaignId} campaign={campaign} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {campaigns.length > 0 && found.length === 0 && <p class="muted">{say('campaigns.none-found')}</p>}
      {found.length > shown.length && (
        <button type="button" onClick={() => (shownMax.value += atOnceMax)}>
          {say('campaigns.more', { count: count(found.length - shown.length) })}
        </button>
      )}
    </section>
  )
}

function matches({ campaignId, name, state, mode }: Campaign, wanted: string): boolean {
  const text = `${campaignId} ${name} ${sayOf('campaign', state)} ${sayOf('mode', mode)}`.toLowerCase()
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}

function Head() {
  return (
    <thead>
      <tr>
        <th scope="col">{say('campaigns.campaign')}</th>
        <th scope="col">{say('board.state')}</th>
        <th scope="col" class="wide-only">
          {say('campaigns.mode')}
        </th>
        <th scope="col" class="number wide-only">
          {say('campaigns.agents')}
        </th>
        <th scope="col" class="number wide-only">
          {say('board.dialed')}
        </th>
        <th scope="col" class="number">
          {say('board.connected')}
        </th>
        <th scope="col" class="number wide-only">
          {say('campaigns.abandoned')}
        </th>
        <th scope="col" class="number wide-only">
          {say('board.occupancy')}
        </th>
      </tr>
    </thead>
  )
}

function Row({ campaign }: { readonly campaign: Campaign }) {
  const { campaignId, name, state, mode, agents, counters, abandonmentRate, abandonmentRateMax, occupancy } = campaign
  const there = Object.entries(agents).reduce((sum, [one, many]) => (one === 'offline' ? sum : sum + many), 0)
  return (
    <tr>
      <td class="name">
        <a href={addressOf(campaignId)}>
          <bdi>{name}</bdi>
        </a>
      </td>
      <td>
        {sayOf('campaign', state)}
        {campaign.dayCap !== undefined && <strong class="warns small">{` · ${say('campaigns.cap')}`}</strong>}
      </td>
      <td class="wide-only">{sayOf('mode', mode)}</td>
      <td class="number wide-only">{count(there)}</td>
      <td class="number wide-only">{count(counters.attempts)}</td>
      <td class="number">{count(counters.connected)}</td>
      <td
        class={
          abandonmentRate >= abandonmentRateMax && counters.abandoned > 0 ? 'number wide-only acts' : 'number wide-only'
        }
      >
        {percent(abandonmentRate)}
      </td>
      <td class="number wide-only">{percent(occupancy)}</td>
    </tr>
  )
}
