import type { JudgedView } from '../../api/agents/dialing.ts'
import { say, sayOf } from '../parts/words.ts'
import { momentHere } from './clocks.ts'

/** The gate's answer: a no with its reason in words, and when it would be yes. */
export function Verdict({ verdict }: { readonly verdict: JudgedView }) {
  const { allowed, reason = '', says, rule, nextAt } = verdict
  const ours = sayOf('no-call', reason)
  return (
    <div class={allowed ? 'note' : 'note act'} role="status">
      <p>{allowed ? say('offer.allowed') : ours === reason ? says : ours}</p>
      {rule !== undefined && <p class="small">{rule}</p>}
      {nextAt !== undefined && <p>{say('dial.next', { at: momentHere(Date.parse(nextAt)) })}</p>}
    </div>
  )
}
