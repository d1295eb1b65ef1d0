import { Key } from '../parts/key.tsx'
import { keyOf } from '../parts/keyMap.ts'
import { now } from '../parts/now.ts'
import { clock, say } from '../parts/words.ts'
import type { Work } from './work.ts'

/** Warned so long before the wrap-up ends, milliseconds. */
const warnMs = 10_000

/** What is left of the wrap-up, and how to have more: one key, from its beginning on. */
export function TimeLeft({ work, until }: { readonly work: Work; readonly until: string }) {
  const left = Date.parse(until) - now.value
  const isNear = left < warnMs
  return (
    <>
      <span class={isNear ? 'note warn' : 'muted'}>{say('desk.left', { for: clock(left) })}</span>
      <button type="button" onClick={() => void work.moreTime()}>
        {say('desk.more-time')} <Key of="more" />
      </button>
      <span class="unseen" role="status">
        {isNear ? say('desk.time-ends', { key: keyOf('more') }) : ''}
      </span>
    </>
  )
}
