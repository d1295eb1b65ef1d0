import { useSignal } from '@preact/signals'
import type { AgentShowView } from '../../api/agents.ts'
import { say, sayOf } from '../parts/words.ts'
import { turnToCallBack } from './beside.tsx'
import type { Work } from './work.ts'

interface ControlsProps {
  readonly work: Work
  readonly shown: AgentShowView
}

const pauseReasons = ['break', 'lunch', 'training', 'meeting']

/** The lower bar: what can be done now. After the talk it becomes the codes. */
export function Controls({ work, shown }: ControlsProps) {
  const { state } = shown.agent
  const isChoosing = work.choosing.value || state === 'wrap-up'
  return (
    <footer class="controls">
      <div role="status">{work.problem.value !== undefined && <p class="note act">{work.problem.value}</p>}</div>
      {shown.call !== undefined && isChoosing ? (
        <Codes work={work} codes={shown.call.wrapUpCodes} />
      ) : (
        <Deeds work={work} state={state} />
      )}
      {state === 'on-call' && (
        <>
          {!isChoosing && (
            <button type="button" onClick={() => (work.choosing.value = true)}>
              {say('deed.outcome')} <kbd>F8</kbd>
            </button>
          )}
          <button type="button" onClick={() => work.hangUp()}>
            {say('deed.end')} <kbd>F9 F9</kbd>
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

function Deeds({ work, state }: { readonly work: Work; readonly state: AgentShowView['agent']['state'] }) {
  const reason = useSignal('break')
  switch (state) {
    case 'offline':
      return (
        <button class="first" type="button" onClick={() => work.logIn()}>
          {say('deed.log-in')}
        </button>
      )
    case 'paused':
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
            value={reason.value}
            onChange={event => (reason.value = event.currentTarget.value)}
          >
            {pauseReasons.map(one => (
              <option key={one} value={one}>
                {sayOf('pause', one)}
              </option>
            ))}
          </select>
          <button type="button" onClick={() => work.pause(reason.value)}>
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
    <fieldset class="row" aria-label={say('desk.outcome')} data-codes>
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
