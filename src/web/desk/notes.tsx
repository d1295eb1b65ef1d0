import { useEffect } from 'preact/hooks'
import { say } from '../parts/words.ts'
import type { Work } from './work.ts'

/** What the agent types; every keystroke is kept until the wrap-up takes it along. */
export function Notes({ work, callId }: { readonly work: Work; readonly callId: string | undefined }) {
  useEffect(() => work.turnTo(callId), [callId])
  return (
    <div class="card stack">
      <label>
        {say('desk.notes')}
        <textarea
          rows={3}
          maxLength={2_000}
          disabled={callId === undefined}
          value={work.notes.value}
          onInput={event => work.write(event.currentTarget.value)}
        />
      </label>
      {callId === undefined && <p class="small muted">{say('desk.notes-kept')}</p>}
    </div>
  )
}
