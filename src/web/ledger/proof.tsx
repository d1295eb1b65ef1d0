import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { LedgerAuditView, LedgerHeadView, LedgerVerifyView } from '../../api/ledger.ts'
import { Answer, Progress, Refused } from '../parts/answers.tsx'
import { useAsked, useDeed } from '../parts/asking.ts'
import { count, dayTime, say } from '../parts/words.ts'
import { askAtWork, type WorkProgress as HowFar } from '../parts/working.ts'

type Proved =
  | { readonly kind: 'verify'; readonly found: LedgerVerifyView }
  | { readonly kind: 'audit'; readonly found: LedgerAuditView }

/** The head of the ledger, and the proofs that can be made of it here. */
export function Proof({ mayProve }: { readonly mayProve: boolean }) {
  const head = useAsked<LedgerHeadView>('/v1/ledger/head')
  return (
    <section class="card stack unprinted" aria-labelledby="proof">
      <h2 id="proof">{say('ledger.proof')}</h2>
      <Answer asked={head} what={say('ledger.head')}>
        {({ seq, hash, at }) => (
          <dl class="facts">
            <dt>{say('ledger.head')}</dt>
            <dd>
              <code>{`${hash}@${seq}`}</code>
              <p class="small muted">{`${dayTime(at)}. ${say('ledger.head-hint')}`}</p>
            </dd>
          </dl>
        )}
      </Answer>
      {mayProve && <Making />}
    </section>
  )
}

/** Verify and audit: one at a time, with a bar; ended by the button or by leaving. */
function Making() {
  const kept = useSignal('')
  const proved = useSignal<Proved | undefined>(undefined)
  const working = useSignal<{ readonly kind: Proved['kind']; readonly far: HowFar } | undefined>(undefined)
  const stop = useRef<AbortController | undefined>(undefined)
  const deed = useDeed()
  useEffect(() => () => stop.current?.abort(), [])
  const prove = (kind: Proved['kind']): void => {
    void deed.run(async () => {
      stop.current = new AbortController()
      proved.value = undefined
      working.value = { kind, far: {} }
      const waiter = { signal: stop.current.signal, onProgress: (far: HowFar) => (working.value = { kind, far }) }
      try {
        const head = kept.value.trim()
        const body = kind === 'verify' && head !== '' ? { head } : {}
        // The path says which of the two it is.
        proved.value = { kind, found: await askAtWork(`/v1/ledger/${kind}`, body, waiter) } as Proved
      } catch (error) {
        if (!waiter.signal.aborted) throw error
      } finally {
        working.value = undefined
      }
    })
  }
  const now = working.value
  return (
    <div class="stack">
      <label class="wide">
        {say('ledger.kept')}
        <input
          type="text"
          autocomplete="off"
          spellcheck={false}
          maxLength={80}
          placeholder="HASH@SEQ"
          value={kept.value}
          onInput={event => (kept.value = event.currentTarget.value)}
        />
      </label>
      <div class="row">
        <button type="button" class="first" disabled={deed.isBusy.value} onClick={() => prove('verify')}>
          {say('ledger.verify')}
        </button>
        <button type="button" disabled={deed.isBusy.value} onClick={() => prove('audit')}>
          {say('ledger.audit')}
        </button>
        {now !== undefined && (
          <button type="button" class="act" onClick={() => stop.current?.abort()}>
            {say('ledger.stop')}
          </button>
        )}
      </div>
      <p class="small muted">{say('ledger.verify-hint')}</p>
      {now !== undefined && <Far {...now} />}
      <Refused refused={deed.refused} />
      <div role="status">{proved.value !== undefined && <Found {...proved.value} />}</div>
    </div>
  )
}

function Far({ kind, far: { done, total } }: { readonly kind: Proved['kind']; readonly far: HowFar }) {
  if (done === undefined || total === undefined) return <Progress label={say('ledger.begins')} done={undefined} />
  const values = { done: count(done), total: count(total) }
  const label = say(kind === 'verify' ? 'ledger.verifying' : 'ledger.auditing', values)
  // The audit judges when all is read: the bar then says so by standing at its end.
  return <Progress label={label} done={total === 0 ? 1 : done / total} />
}

function Found(proved: Proved) {
  if (proved.kind === 'verify') return <Verified found={proved.found} />
  return <Audited found={proved.found} />
}

function Verified({ found: { problem, entries, head, fromSeq = 1 } }: { readonly found: LedgerVerifyView }) {
  if (problem !== undefined)
    return <p class="note act">{say('ledger.changed', { seq: problem.seq, says: problem.says })}</p>
  return (
    <div class="note">
      <p>
        <strong>{`✓ ${say('ledger.unchanged', { count: count(entries), seq: head?.seq ?? 0 })}`}</strong>
      </p>
      {head !== undefined && (
        <p class="small said">
          <code>{`${head.hash}@${head.seq}`}</code>
        </p>
      )}
      {fromSeq > 1 && <p class="small">{say('ledger.before', { seq: fromSeq })}</p>}
    </div>
  )
}

function Audited({ found: { found, entries, violations } }: { readonly found: LedgerAuditView }) {
  if (found === 0)
    return (
      <p class="note">
        <strong>{`✓ ${say('ledger.clean', { count: count(entries) })}`}</strong>
      </p>
    )
  return (
    <div class="note act stack">
      <strong>{say('ledger.violations', { count: count(found), entries: count(entries) })}</strong>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{say('ledger.entry')}</th>
              <th scope="col">{say('ledger.check')}</th>
              <th scope="col">{say('ledger.rule')}</th>
              <th scope="col">{say('ledger.says')}</th>
            </tr>
          </thead>
          <tbody>
            {violations.map(({ seq, at, check, ruleId, says }) => (
              <tr key={`${seq} ${check} ${ruleId}`}>
                <td>
                  {seq} <span class="small muted">{dayTime(at)}</span>
                </td>
                <td>{check}</td>
                <td>{ruleId}</td>
                <td>{says}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {violations.length < found && <p class="small">{say('ledger.shown', { count: violations.length })}</p>}
    </div>
  )
}
