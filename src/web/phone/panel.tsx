import { Fragment } from 'preact'
import { useEffect } from 'preact/hooks'
import { Key } from '../parts/key.tsx'
import { deedOf } from '../parts/keyMap.ts'
import { percent, say, sayOf } from '../parts/words.ts'
import type { Phone } from './phone.ts'
import type { LineTest } from './quality.ts'

const keypad = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

/** The phone in the page: where the line is, mute, keys, how the sound is. */
export function PhonePanel({ phone }: { readonly phone: Phone }) {
  const state = phone.state.value
  useMuteKey(phone)
  const isWrong = state === 'no-microphone' || state === 'refused' || state === 'taken'
  return (
    <section class="row phone" aria-label={say('phone.title')} data-phone={state}>
      <div role={state === 'lost' ? 'alert' : 'status'}>
        <span class={isWrong || state === 'lost' ? 'note act' : 'muted'}>{sayOf('phone', state)}</span>{' '}
        {state === 'refused' && <span>{phone.why.value}</span>}
      </div>
      <Uses phone={phone} />
      {state === 'on-line' && <Line phone={phone} />}
      {state === 'ready' && <Test phone={phone} />}
    </section>
  )
}

function Uses({ phone }: { readonly phone: Phone }) {
  switch (phone.state.value) {
    case 'starting':
      return null
    case 'elsewhere':
    case 'no-microphone':
    case 'refused':
      return (
        <button type="button" onClick={() => phone.use()}>
          {say(phone.state.value === 'elsewhere' ? 'phone.use' : 'phone.again')}
        </button>
      )
    case 'taken':
      return (
        <button type="button" onClick={() => phone.use()}>
          {say('phone.bring')}
        </button>
      )
    default:
      return (
        <button type="button" disabled={phone.isNeeded.value} onClick={() => phone.leave()}>
          {say('phone.leave')}
        </button>
      )
  }
}

function Test({ phone }: { readonly phone: Phone }) {
  const test = phone.test.value
  return (
    <>
      <button type="button" disabled={test === 'running'} onClick={() => phone.tryLine()}>
        {say(test === 'running' ? 'test.running' : 'test.try')}
      </button>
      <div role="status">
        {test === 'failed' && <span class="note act">{say('test.failed')}</span>}
        {typeof test === 'object' && <Verdict test={test} endsAt={phone.certificateEndsAt.value} />}
      </div>
    </>
  )
}

const dayMs = 24 * 60 * 60 * 1000

function Verdict({ test, endsAt }: { readonly test: LineTest; readonly endsAt: string | undefined }) {
  const { quality, path, verdict } = test
  const { roundTripMs, jitterMs, lossRatio, said, heard } = quality
  const unknown = say('desk.not-known')
  const days = endsAt === undefined ? unknown : String(Math.floor((Date.parse(endsAt) - Date.now()) / dayMs))
  const figures = [
    [say('test.round-trip'), roundTripMs === undefined ? unknown : `${Math.round(roundTripMs)} ms`],
    [say('test.jitter'), `${Math.round(jitterMs)} ms`],
    [say('test.loss'), percent(lossRatio)],
    [say('test.path'), path ?? unknown],
    [say('test.microphone'), percent(said)],
    [say('test.echo'), percent(heard)],
    [say('test.certificate'), days],
  ]
  return (
    <details open data-verdict={verdict}>
      <summary class={verdict === 'good' ? '' : 'note warn'}>{sayOf('verdict', verdict)}</summary>
      <dl class="facts">
        {figures.map(([what, value]) => (
          <Fragment key={what}>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </details>
  )
}

function Line({ phone }: { readonly phone: Phone }) {
  const quality = phone.quality.value
  return (
    <>
      <button type="button" aria-pressed={phone.isMuted.value} onClick={() => phone.toggleMute()}>
        {say(phone.isMuted.value ? 'phone.unmute' : 'phone.mute')} <Key of="mute" />
      </button>
      <details>
        <summary>{say('phone.keys')}</summary>
        <div class="keypad">
          {keypad.map(key => (
            <button key={key} type="button" onClick={() => phone.press(key)}>
              {key}
            </button>
          ))}
        </div>
      </details>
      {quality !== undefined && (
        <>
          <span class={quality.light === 'good' ? 'muted' : 'note warn'} data-quality={quality.light}>
            {sayOf('quality', quality.light)}
          </span>
          <label class="row small">
            {say('phone.you')} <meter max={1} value={Math.sqrt(quality.said)} data-said={quality.said} />
          </label>
          <label class="row small">
            {say('phone.they')} <meter max={1} value={Math.sqrt(quality.heard)} data-heard={quality.heard} />
          </label>
        </>
      )}
    </>
  )
}

function useMuteKey(phone: Phone): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (deedOf(event) !== 'mute') return
      event.preventDefault()
      if (phone.state.value === 'on-line') phone.toggleMute()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [phone])
}
