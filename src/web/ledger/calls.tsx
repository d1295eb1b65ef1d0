import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { AbandonedCallsView, AbandonedCallView } from '../../api/reports.ts'
import { Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useDeed } from '../parts/asking.ts'
import { dayTime, say, sayOf } from '../parts/words.ts'

/** The calls behind the table, a page after the other. */
export function Calls({ query }: { readonly query: string }) {
  const calls = useSignal<readonly AbandonedCallView[] | undefined>(undefined)
  const next = useSignal<string | undefined>(undefined)
  const deed = useDeed()
  const more = (): void => {
    void deed.run(async () => {
      const parts = new URLSearchParams(query)
      if (next.value !== undefined) parts.set('after', next.value)
      const page = await ask<AbandonedCallsView>('GET', `/v1/reports/abandonment/calls?${parts}`)
      calls.value = [...(calls.value ?? []), ...page.calls]
      next.value = page.next
    })
  }
  useEffect(more, [])
  return (
    <div class="stack">
      <Refused refused={deed.refused} />
      {calls.value?.length === 0 && <p class="muted">{say('ledger.no-calls')}</p>}
      {calls.value !== undefined && calls.value.length > 0 && <CallTable calls={calls.value} />}
      {next.value !== undefined && (
        <button type="button" class="unprinted" disabled={deed.isBusy.value} onClick={more}>
          {say('ledger.more')}
        </button>
      )}
    </div>
  )
}

function CallTable({ calls }: { readonly calls: readonly AbandonedCallView[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll" tabIndex={0} aria-label={say('ledger.calls')}>
      <table class="report">
        <thead>
          <tr>
            <th scope="col">{say('ledger.call')}</th>
            <th scope="col">{say('ledger.number')}</th>
            <th scope="col">{say('ledger.whose')}</th>
            <th scope="col">{say('ledger.answered')}</th>
            <th scope="col">{say('ledger.became')}</th>
            <th scope="col">{say('ledger.message')}</th>
          </tr>
        </thead>
        <tbody>
          {calls.map(
            ({ callId, number, seller, purpose, campaignId, answeredAt, disposition, message, messageAfterMs }) => (
              <tr key={callId}>
                <td>{callId}</td>
                <td>{number}</td>
                <td>{say('ledger.one-of', { seller, purpose, campaign: campaignId })}</td>
                <td>{dayTime(answeredAt)}</td>
                <td>{sayOf('ledger.became', disposition)}</td>
                <td>
                  {messageAfterMs === undefined
                    ? sayOf('ledger.message', message)
                    : say('ledger.message-after', { ms: messageAfterMs })}
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  )
}
