import { useSignal } from '@preact/signals'
import type { AgentCallView, AgentShowView, AgentView } from '../../api/agents/agents.ts'
import type { DeskCampaignView } from '../../api/agents/desk.ts'
import { Key } from '../parts/key.tsx'
import { clock, say, sayOf } from '../parts/words.ts'
import { turnToCallBack } from './beside.tsx'
import { mayBreathe } from './keys.ts'
import { OfferDeeds } from './offer.tsx'
import type { Work } from './work.ts'

interface ControlsProps {
  readonly work: Work
  readonly shown: AgentShowView
}

/** The lower bar: what can be done now. After the talk it becomes the codes. */
export function Controls({ work, shown }: ControlsProps) {
  const { state } = shown.agent
  const offer = work.dialing.offer.value
  const isChoosing = work.choosing.value || state === 'wrap-up'
  return (
    <footer class="controls">
      <div role="status">{work.problem.value !== undefined && <p class="note act">{work.problem.value}</p>}</div>
      {offer !== undefined && <OfferDeeds work={work} offer={offer} />}
      {shown.call !== undefined && isChoosing ? (
        <Codes work={work} codes={shown.call.wrapUpCodes} />
      ) : (
        shown.call?.transfer === undefined && (
          <Deeds work={work} state={state} pauses={work.papers.desk.value?.campaign?.pauses ?? []} />
        )
      )}
      <Care work={work} agent={shown.agent} />
      {state === 'on-call' && (
        <>
          <Hold work={work} call={shown.call} />
          {shown.call !== undefined && <Transfer work={work} call={shown.call} />}
          {!isChoosing && (
            <button type="button" onClick={() => (work.choosing.value = true)}>
              {say('deed.outcome')} <Key of="outcome" />
            </button>
          )}
          <button type="button" onClick={() => work.hangUp()}>
            {say('deed.end')} <Key of="end" />
          </button>
        </>
      )}
      {shown.call !== undefined && (
        <button type="button" class="act" onClick={() => work.wrapUp({ refusal: true })}>
          {say('deed.never')}
        </button>
      )}
    </footer>
  )
}

/** With a target on the line, who is taken off hold makes three. */
function Hold({ work, call }: { readonly work: Work; readonly call: AgentCallView | undefined }) {
  const isHeld = call?.heldSince !== undefined
  const makesThree = isHeld && call?.transfer?.state === 'talking'
  const deed = isHeld ? 'deed.unhold' : 'deed.hold'
  return (
    <>
      <button
        type="button"
        class={isHeld && !makesThree ? 'first' : ''}
        aria-pressed={isHeld}
        onClick={() => work.hold(!isHeld)}
      >
        {say(makesThree ? 'deed.three' : deed)} <Key of="hold" />
      </button>
      {call?.transfer === undefined && (
        <input
          class="keys"
          aria-label={say('deed.digits')}
          placeholder={say('deed.digits-short')}
          inputMode="tel"
          maxLength={32}
          disabled={isHeld}
          onInput={event => {
            const field = event.currentTarget
            const digits = field.value.replaceAll(/[^0-9*#]/g, '')
            field.value = ''
            if (digits !== '') void work.sendDigits(digits)
          }}
        />
      )}
    </>
  )
}

/** Giving the person to somebody else: whom the configuration permits. */
function Transfer({ work, call }: { readonly work: Work; readonly call: AgentCallView }) {
  const chosen = useSignal('')
  const { targets, transfer } = call
  if (transfer !== undefined) {
    const name = targets.find(({ targetId }) => targetId === transfer.targetId)?.name ?? transfer.targetId
    return (
      <>
        <span role="status">
          {say(transfer.state === 'talking' ? 'desk.target-talks' : 'desk.target-rings', { name })}
        </span>
        {transfer.state === 'talking' && (
          <button type="button" class="first" onClick={() => work.endTransfer('complete')}>
            {say('deed.give-on')}
          </button>
        )}
        <button type="button" onClick={() => work.endTransfer('return')}>
          {say('deed.unhold')}
        </button>
      </>
    )
  }
  const [first] = targets
  if (first === undefined) return null
  const targetId = chosen.value === '' ? first.targetId : chosen.value
  return (
    <>
      <select
        aria-label={say('deed.transfer-to')}
        style="width:auto"
        value={targetId}
        onChange={event => (chosen.value = event.currentTarget.value)}
      >
        {targets.map(one => (
          <option key={one.targetId} value={one.targetId}>
            {one.name}
          </option>
        ))}
      </select>
      <button type="button" onClick={() => work.transfer(targetId, false)}>
        {say('deed.consult')}
      </button>
      <button type="button" onClick={() => work.transfer(targetId, true)}>
        {say('deed.transfer')}
      </button>
    </>
  )
}

/** What is for the agent's own good. */
function Care({ work, agent }: { readonly work: Work; readonly agent: AgentView }) {
  if (agent.state === 'offline' || agent.state === 'calling') return null
  const asks = agent.helpSince !== undefined
  return (
    <>
      <button type="button" class={asks ? 'first' : ''} aria-pressed={asks} onClick={() => work.askHelp(!asks)}>
        {say(asks ? 'deed.help-over' : 'deed.help')} <Key of="help" />
      </button>
      {mayBreathe(agent) && (
        <button type="button" title={say('deed.breather-why')} onClick={() => work.breathe()}>
          {say('deed.breather')} <Key of="breather" />
        </button>
      )}
    </>
  )
}

interface DeedsProps {
  readonly work: Work
  readonly state: AgentShowView['agent']['state']
  readonly pauses: DeskCampaignView['pauses']
}

function Deeds({ work, state, pauses }: DeedsProps) {
  const chosen = useSignal('')
  const reason = pauses.find(({ name }) => name === chosen.value)?.name ?? pauses[0]?.name ?? 'break'
  switch (state) {
    case 'offline':
      return (
        <button class="first" type="button" onClick={() => work.logIn()}>
          {say('deed.log-in')}
        </button>
      )
    case 'paused':
    case 'breather':
      return (
        <>
          <button class="first" type="button" onClick={() => work.resume()}>
            {say('deed.ready')}
          </button>
          <button type="button" onClick={() => work.logOut()}>
            {say('deed.log-out')}
          </button>
        </>
      )
    case 'calling':
      return (
        <button type="button" onClick={() => work.logOut()}>
          {say('deed.log-out')}
        </button>
      )
    default:
      return (
        <>
          <select
            aria-label={say('deed.pause-reason')}
            style="width:auto"
            value={reason}
            onChange={event => (chosen.value = event.currentTarget.value)}
          >
            {pauses.map(({ name, maxMs }) => (
              <option key={name} value={name}>
                {maxMs === undefined ? sayOf('pause', name) : `${sayOf('pause', name)} ${clock(maxMs)}`}
              </option>
            ))}
          </select>
          <button type="button" onClick={() => work.pause(reason)}>
            {say('deed.pause')}
          </button>
          {state === 'available' && (
            <button type="button" onClick={() => work.logOut()}>
              {say('deed.log-out')}
            </button>
          )}
        </>
      )
  }
}

function Codes({ work, codes }: { readonly work: Work; readonly codes: Readonly<Record<string, string>> }) {
  return (
    <fieldset class="row" aria-label={say('desk.outcome')} tabIndex={-1} data-codes>
      {Object.entries(codes)
        .filter(([, code]) => code !== 'refused')
        .map(([digit, code]) => (
          <button
            key={code}
            type="button"
            data-digit={digit}
            onClick={() => (code === 'callback' ? turnToCallBack(work) : work.wrapUp({ code }))}
          >
            <kbd>{digit}</kbd> {sayOf('code', code)}
          </button>
        ))}
    </fieldset>
  )
}
