import type { AgentView } from '../../api/agents/agents.ts'
import type { Status } from '../../api/views.ts'
import { homeOf } from '../parts/api.ts'
import { follow, type Live } from '../parts/live.ts'
import { now } from '../parts/now.ts'
import { Choices, LostLine, open, whoAmIPatiently } from '../parts/shell.tsx'
import { clock, percent, say, sayOf, time } from '../parts/words.ts'

type Campaign = Status['campaigns'][number]
type Agents = Readonly<Record<string, AgentView>>

interface Topics {
  readonly board: Status
  readonly agents: Agents
}

function Board({ name, live }: { readonly name: string; readonly live: Live<Topics> }) {
  const status = live.state('board').value
  return (
    <>
      <header class="bar">
        <strong>Dialwright</strong>
        <span class="muted">{say('board.title')}</span>
        <Choices name={name} />
      </header>
      <main class="stack">
        <LostLine lostAt={live.lostAt} />
        {status ? <Figures status={status} /> : <p class="muted">{say('board.loading')}</p>}
        {status && <Campaigns campaigns={status.campaigns} />}
        <AgentList agents={live.state('agents').value ?? {}} />
        {status && <Trunks trunks={status.trunks} />}
      </main>
    </>
  )
}

/** The first line is a sentence: nothing to do, or the gravest alarm and what to do. */
function Figures({ status }: { readonly status: Status }) {
  const [gravest] = status.alarms ?? []
  const { agents, calls } = status
  const atWork = Object.entries(agents).reduce((sum, [state, count]) => (state === 'offline' ? sum : sum + count), 0)
  const ringing = calls.originating + calls.ringing
  return (
    <>
      {gravest === undefined ? (
        <p class="note" role="status">
          {say('board.nothing')}
        </p>
      ) : (
        <p class="note act" role="status">
          <strong>{gravest.says}</strong> <br />
          {gravest.todo}
        </p>
      )}
      <div class="figures">
        <figure class="card figure">
          <b>{`${agents['on-call']} / ${atWork}`}</b>
          <span class="muted">{say('board.talking')}</span>
        </figure>
        <figure class="card figure">
          <b>{agents.available}</b>
          <span class="muted">{say('board.free')}</span>
        </figure>
        <figure class="card figure">
          <b>{ringing}</b>
          <span class="muted">{say('board.ringing')}</span>
        </figure>
        <figure class="card figure">
          <b>{percent(status.occupancy)}</b>
          <span class="muted">{say('board.occupancy')}</span>
        </figure>
      </div>
    </>
  )
}

function Campaigns({ campaigns }: { readonly campaigns: readonly Campaign[] }) {
  if (campaigns.length === 0) return <p class="card muted">{say('board.no-campaigns')}</p>
  return (
    <div class="figures">
      {campaigns.map(campaign => (
        <section key={campaign.campaignId} class="card stack" aria-label={campaign.name}>
          <div class="row spread">
            <h2>{campaign.name}</h2>
            <span class="muted small">{`${sayOf('campaign', campaign.state)} · ${sayOf('mode', campaign.mode)}`}</span>
          </div>
          <Abandonment campaign={campaign} />
          <dl class="facts small">
            <dt>{say('board.dialed')}</dt>
            <dd>{campaign.counters.attempts}</dd>
            <dt>{say('board.connected')}</dt>
            <dd>{campaign.counters.connected}</dd>
            <dt>{say('board.ready-leads')}</dt>
            <dd>{campaign.hopper}</dd>
          </dl>
          <Reason campaign={campaign} />
        </section>
      ))}
    </div>
  )
}

function Abandonment({ campaign }: { readonly campaign: Campaign }) {
  const { abandonmentRate: rate, abandonmentTarget: target, abandonmentRateMax: max, counters } = campaign
  const share = max === 0 ? 0 : Math.min(1, rate / max)
  const values = { rate: percent(rate), target: percent(target), max: percent(max), abandoned: counters.abandoned }
  return (
    <div>
      <p>{say('board.abandonment', values)}</p>
      <div class="meter" aria-hidden="true">
        <i style={`width:${share * 100}%`} data-near={rate > target} data-over={rate >= max} />
      </div>
    </div>
  )
}

function Reason({ campaign }: { readonly campaign: Campaign }) {
  const [last] = campaign.decisions
  if (campaign.dayCap !== undefined) return <p class="small">{campaign.dayCap.says}</p>
  if (last === undefined) return null
  return (
    <p class="small muted">
      {time(last.at)} {last.says}
    </p>
  )
}

const order = ['on-call', 'wrap-up', 'reserved', 'available', 'calling', 'breather', 'paused', 'offline']

/** Who asks for help stands first, the longest first. */
function byHand(a: AgentView, b: AgentView): number {
  return (a.helpSince ?? '~').localeCompare(b.helpSince ?? '~')
}

function AgentList({ agents }: { readonly agents: Agents }) {
  const rows = Object.values(agents).sort(
    (a, b) => byHand(a, b) || order.indexOf(a.state) - order.indexOf(b.state) || a.since.localeCompare(b.since),
  )
  if (rows.length === 0) return <p class="card muted">{say('board.no-agents')}</p>
  return (
    <section class="card scroll">
      <table>
        <caption class="unseen">{say('board.agents')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('board.agents')}</th>
            <th scope="col">{say('board.state')}</th>
            <th scope="col" class="number">
              {say('board.for')}
            </th>
            <th scope="col" class="number">
              {say('board.calls')}
            </th>
            <th scope="col">{say('board.campaign')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(agent => (
            <tr key={agent.agentId}>
              <td>
                {agent.name}
                {agent.helpSince !== undefined && (
                  <strong class="note act">
                    {say('board.hand', { for: clock(now.value - Date.parse(agent.helpSince)) })}
                  </strong>
                )}
              </td>
              <td>
                <span class="dot" data-state={agent.state}>
                  {sayOf('sign', agent.state)}
                </span>{' '}
                {sayOf('short', agent.state)}
                {agent.pauseReason !== undefined && (
                  <span class="muted">{` · ${sayOf('pause', agent.pauseReason)}`}</span>
                )}
                {agent.pauseUntil !== undefined && now.value > Date.parse(agent.pauseUntil) && (
                  <strong class="note warn">{say('board.over')}</strong>
                )}
              </td>
              <td class="number">{clock(now.value - Date.parse(agent.since))}</td>
              <td class="number">{agent.calls}</td>
              <td>{agent.campaignId ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Trunks({ trunks }: { readonly trunks: Status['trunks'] }) {
  return (
    <section class="card scroll">
      <table>
        <caption class="unseen">{say('board.trunks')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('board.trunks')}</th>
            <th scope="col" class="number">
              {say('board.channels')}
            </th>
            <th scope="col">{say('board.state')}</th>
          </tr>
        </thead>
        <tbody>
          {trunks.map(({ trunkId, channelsInUse, channelsMax, breaker }) => (
            <tr key={trunkId}>
              <td>{trunkId}</td>
              <td class="number">{`${channelsInUse} / ${channelsMax}`}</td>
              <td>{breaker.says}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const session = await whoAmIPatiently()
if (session === undefined || !session.rights.includes('see-status'))
  location.replace(session === undefined ? '/login' : homeOf(session))
else {
  const live = follow<Topics>(['board', 'agents'], () => location.replace('/login'))
  open(<Board name={session.name} live={live} />)
}
