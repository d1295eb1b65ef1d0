import { useSignal } from '@preact/signals'
import type { SessionView } from '../../api/access/sessions.ts'
import { Confirm, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useDeed } from '../parts/asking.ts'
import { count, percent, say, sayOf, time } from '../parts/words.ts'
import type { Campaign } from './topics.ts'

interface CampaignsProps {
  readonly campaigns: readonly Campaign[]
  readonly rights: SessionView['rights']
}

const shownMax = 12

/** Campaigns at work first; those that are stopped are only counted. */
export function Campaigns({ campaigns, rights }: CampaignsProps) {
  const showsAll = useSignal(false)
  if (campaigns.length === 0) return <p class="card muted">{say('board.no-campaigns')}</p>
  const atWork = campaigns.filter(({ state }) => state !== 'stopped')
  const shown = showsAll.value ? campaigns : atWork.slice(0, shownMax)
  return (
    <>
      {shown.map(campaign => (
        <Card key={campaign.campaignId} campaign={campaign} mayRun={rights.includes('run-campaigns')} />
      ))}
      {shown.length < campaigns.length && (
        <button type="button" onClick={() => (showsAll.value = true)}>
          {say('board.other-campaigns', { count: count(campaigns.length - shown.length) })}
        </button>
      )}
    </>
  )
}

function Card({ campaign, mayRun }: { readonly campaign: Campaign; readonly mayRun: boolean }) {
  const { campaignId, name, state, mode, calls, counters } = campaign
  return (
    <section class="card stack" aria-label={name}>
      <div class="row spread">
        <h2>
          <a href={`/campaigns#${encodeURIComponent(campaignId)}`}>
            <bdi>{name}</bdi>
          </a>
        </h2>
        <span class="muted small">{`${sayOf('campaign', state)} · ${sayOf('mode', mode)}`}</span>
      </div>
      <Abandonment campaign={campaign} />
      <dl class="facts small">
        <dt>{say('board.ringing')}</dt>
        <dd>{count(calls.originating + calls.ringing)}</dd>
        <dt>{say('board.waiting-people')}</dt>
        <dd>{count(calls.waiting)}</dd>
        <dt>{say('board.dialed')}</dt>
        <dd>{count(counters.attempts)}</dd>
        <dt>{say('board.connected')}</dt>
        <dd>{count(counters.connected)}</dd>
        <dt>{say('board.ready-leads')}</dt>
        <dd>{count(campaign.hopper)}</dd>
        <dt>{say('board.dial-level')}</dt>
        <dd>{say('board.level-of', { level: count(campaign.dialLevel), max: count(campaign.dialLevelMax) })}</dd>
      </dl>
      <Decisions campaign={campaign} />
      {mayRun && <Running campaignId={campaignId} name={name} state={state} />}
    </section>
  )
}

/** How many met silence, beside the limit and what is steered to. */
export function Abandonment({ campaign }: { readonly campaign: Campaign }) {
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

/** The last decisions, the newest open. */
export function Decisions({ campaign: { dayCap, decisions } }: { readonly campaign: Campaign }) {
  const [last, ...before] = decisions
  if (dayCap !== undefined) return <p class="small warns">{dayCap.says}</p>
  if (last === undefined) return null
  return (
    <details class="small">
      <summary>
        <span class="muted">{time(last.at)}</span> {wordsOf(last.says)}
      </summary>
      <p class="muted">{last.says}</p>
      <ol class="plain stack tight muted">
        {before.map(({ at, says }) => (
          <li key={`${at} ${says}`}>
            {time(at)} {wordsOf(says)}
          </li>
        ))}
      </ol>
    </details>
  )
}

/** The sentence without the figures that it rests on. */
function wordsOf(says: string): string {
  return says.replace(/ \[[^\]]*\]$/, '')
}

interface RunningProps {
  readonly campaignId: string
  readonly name: string
  readonly state: Campaign['state']
}

/** Start, pause and stop; a stop is asked for twice. */
export function Running({ campaignId, name, state }: RunningProps) {
  const deed = useDeed()
  const isAsked = useSignal(false)
  const path = `/v1/campaigns/${encodeURIComponent(campaignId)}`
  const press = (what: string) => () => void deed.run(() => ask('POST', `${path}/${what}`, {}))
  const stop = async (): Promise<void> => {
    if (await deed.run(() => ask('POST', `${path}/stop`, {}))) isAsked.value = false
  }
  return (
    <div class="stack">
      <div class="row">
        {state === 'running' ? (
          <button type="button" disabled={deed.isBusy.value} onClick={press('pause')}>
            {say('board.pause')}
          </button>
        ) : (
          <button type="button" disabled={deed.isBusy.value || state === 'stopping'} onClick={press('start')}>
            {say('board.start')}
          </button>
        )}
        {(state === 'running' || state === 'paused') && (
          <button type="button" class="act" onClick={() => (isAsked.value = true)}>
            {say('board.stop')}
          </button>
        )}
      </div>
      {isAsked.value ? (
        <Confirm
          title={say('board.stop-sure', { name })}
          does={say('board.stop')}
          deed={deed}
          isGrave
          onYes={() => void stop()}
          onNo={() => (isAsked.value = false)}
        >
          <p>{say('board.stop-means')}</p>
        </Confirm>
      ) : (
        <Refused refused={deed.refused} />
      )}
    </div>
  )
}
