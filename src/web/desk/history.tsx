import type { DeskPersonView, PastCallView } from '../../api/agents/desk.ts'
import { clock, say, sayOf } from '../parts/words.ts'
import { momentHere } from './clocks.ts'

/** What was before with this person. */
export function History({
  person,
}: {
  readonly person: Pick<DeskPersonView, 'history' | 'historyGoesOn'> | undefined
}) {
  if (person === undefined) return <p class="muted">{say('history.none-yet')}</p>
  if (person.history.length === 0) return <p class="muted">{say('history.none')}</p>
  return (
    <>
      <ol class="plain stack">
        {person.history.map(past => (
          <li key={past.at}>
            <Past past={past} />
          </li>
        ))}
      </ol>
      {person.historyGoesOn && <p class="small muted">{say('history.goes-on')}</p>}
    </>
  )
}

function Past({ past }: { readonly past: PastCallView }) {
  const { at, campaign, incoming, disposition, talkMs, wrapUpCode, note, callbackAt, mine } = past
  const came = wrapUpCode === undefined ? disposition && sayOf('disposition', disposition) : sayOf('code', wrapUpCode)
  return (
    <>
      <p class="row spread">
        <b>{came ?? say('history.goes-on-now')}</b>
        <span class="small muted">{momentHere(Date.parse(at))}</span>
      </p>
      <p class="small muted">
        {[
          campaign,
          incoming ? say('history.incoming') : undefined,
          talkMs === undefined ? undefined : say('history.talk', { for: clock(talkMs) }),
          mine ? say('history.mine') : undefined,
        ]
          .filter(part => part !== undefined)
          .join(' · ')}
      </p>
      {callbackAt !== undefined && (
        <p class="small">{say('history.promised', { at: momentHere(Date.parse(callbackAt)) })}</p>
      )}
      {note !== undefined && <p class="said">{note}</p>}
    </>
  )
}
