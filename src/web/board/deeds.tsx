import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { SessionView } from '../../api/access/sessions.ts'
import type { AgentView } from '../../api/agents/agents.ts'
import { Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { type Deed, useDeed } from '../parts/asking.ts'
import { now } from '../parts/now.ts'
import { clock, percent, say, sayOf } from '../parts/words.ts'
import type { Campaign } from './topics.ts'

interface DeedsProps {
  readonly agent: AgentView
  readonly campaigns: readonly Campaign[]
  readonly rights: SessionView['rights']
  readonly onClose: () => void
}

/** One agent, and what somebody may do for them: a window of its own, closed by Esc. */
export function Deeds({ agent, rights, onClose }: DeedsProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const deed = useDeed()
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="card" aria-labelledby="deeds-title" onClose={onClose}>
      <div class="stack">
        <div class="row spread">
          <h2 id="deeds-title">
            <bdi>{agent.name}</bdi>
          </h2>
          <button type="button" onClick={() => dialog.current?.close()}>
            {say('board.close')}
          </button>
        </div>
        <Facts agent={agent} />
        {rights.includes('steer-agents') && <Steering agent={agent} deed={deed} />}
        <Refused refused={deed.refused} />
      </div>
    </dialog>
  )
}

function Facts({ agent }: { readonly agent: AgentView }) {
  const { state, since, calls, occupancy, breathers, endpoint, mediaFlowing, registered } = agent
  return (
    <dl class="facts">
      <dt>{say('board.state')}</dt>
      <dd>
        <span class="dot" data-state={state}>
          {sayOf('sign', state)}
        </span>{' '}
        {`${sayOf('short', state)} ${clock(now.value - Date.parse(since))}`}
      </dd>
      <dt>{say('board.campaign')}</dt>
      <dd>{agent.campaignId ?? '–'}</dd>
      <dt>{say('board.calls')}</dt>
      <dd>{calls}</dd>
      <dt>{say('board.occupancy')}</dt>
      <dd>{percent(occupancy)}</dd>
      {breathers > 0 && (
        <>
          <dt>{say('board.breathers')}</dt>
          <dd>{breathers}</dd>
        </>
      )}
      <dt>{say('board.phone')}</dt>
      <dd>
        {endpoint}
        {registered === false && <strong class="acts">{` · ${say('board.unregistered')}`}</strong>}
        {state !== 'offline' && !mediaFlowing && <strong class="acts">{` · ${say('board.silent')}`}</strong>}
      </dd>
    </dl>
  )
}

interface SteeringProps {
  readonly agent: AgentView
  readonly deed: Deed
}

const logOut = 'logout'

function Steering({ agent, deed }: SteeringProps) {
  const { agentId, state, callId, pending } = agent
  const base = `/v1/agents/${encodeURIComponent(agentId)}`
  const isOff = state === 'offline' || state === 'calling'
  const press = (method: string, path: string, body?: unknown) => () => void deed.run(() => ask(method, path, body))
  return (
    <div class="stack">
      {agent.helpSince !== undefined && (
        <Act deed={deed} isFirst onPress={press('DELETE', `${base}/help`)}>
          {say('board.lower-hand')}
        </Act>
      )}
      <div class="row">
        {!isOff && state !== 'paused' && <PauseThem agentId={agentId} deed={deed} />}
        {state === 'paused' && (
          <Act deed={deed} onPress={press('POST', `${base}/resume`, {})}>
            {say('board.resume')}
          </Act>
        )}
        {state === 'on-call' && callId !== undefined && (
          <Twice
            deed={deed}
            says={say('board.end-call')}
            onPress={press('POST', `/v1/calls/${encodeURIComponent(callId)}/hang-up`, {})}
          />
        )}
        {!isOff && pending !== logOut && (
          <Act deed={deed} onPress={press('POST', `${base}/logout`, {})}>
            {say('board.log-out')}
          </Act>
        )}
        {pending === logOut && (
          <Twice
            deed={deed}
            says={say('board.log-out-now')}
            onPress={press('POST', `${base}/logout`, { force: true })}
          />
        )}
        {isOff && (
          <Act deed={deed} onPress={press('POST', `${base}/login`, {})}>
            {say('board.log-in')}
          </Act>
        )}
      </div>
    </div>
  )
}

interface ActProps {
  readonly deed: Deed
  readonly onPress: () => void
  readonly isFirst?: boolean
  readonly children: ComponentChildren
}

function Act({ deed, onPress, isFirst = false, children }: ActProps) {
  return (
    <button type="button" class={isFirst ? 'first' : undefined} disabled={deed.isBusy.value} onClick={onPress}>
      {children}
    </button>
  )
}

/** What cuts somebody off is pressed twice. */
function Twice({ deed, says, onPress }: { readonly deed: Deed; readonly says: string; readonly onPress: () => void }) {
  const isSure = useSignal(false)
  const press = (): void => {
    if (isSure.value) onPress()
    isSure.value = !isSure.value
  }
  return (
    <button
      type="button"
      class="act"
      disabled={deed.isBusy.value}
      onClick={press}
      onBlur={() => (isSure.value = false)}
    >
      {isSure.value ? say('board.once-more', { what: says }) : says}
    </button>
  )
}

function PauseThem({ agentId, deed }: { readonly agentId: string; readonly deed: Deed }) {
  const pause = (): void => void deed.run(() => ask('POST', `/v1/agents/${encodeURIComponent(agentId)}/pause`, {}))
  return (
    <Act deed={deed} onPress={pause}>
      {say('board.pause')}
    </Act>
  )
}
