import { useSignal } from '@preact/signals'
import type { CallListView } from '../../api/calls.ts'
import { Answer } from '../parts/answers.tsx'
import { useAsked } from '../parts/asking.ts'
import { clock, dayTime, say, sayOf } from '../parts/words.ts'
import type { CaseProps } from './case.ts'

type Call = CallListView['calls'][number]
const pageSize = 25

/** Every call with the person, newest first. Whoever sees some campaigns alone chooses one of them. */
export function Calls({ session: { campaigns = [] }, number }: CaseProps) {
  const campaign = useSignal(campaigns[0])
  const cursors = useSignal<readonly string[]>([])
  const query = new URLSearchParams({ number, limit: String(pageSize) })
  if (campaign.value !== undefined) query.set('campaignId', campaign.value)
  const after = cursors.value.at(-1)
  if (after !== undefined) query.set('after', after)
  const asked = useAsked<CallListView>(`/v1/calls?${query}`)
  const choose = (id: string): void => {
    campaign.value = id
    cursors.value = []
  }
  return (
    <section class="card stack" aria-labelledby="calls-title">
      <div class="row spread">
        <h3 id="calls-title">{say('people.calls')}</h3>
        {campaigns.length > 1 && (
          <select
            class="search"
            aria-label={say('people.campaign')}
            value={campaign.value}
            onChange={event => choose(event.currentTarget.value)}
          >
            {campaigns.map(id => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        )}
      </div>
      <Answer asked={asked} what={say('people.calls')}>
        {({ calls, next }) => (
          <>
            {calls.length === 0 ? <p>{say('people.no-calls')}</p> : <Table calls={calls} />}
            <p class="row">
              {cursors.value.length > 0 && (
                <button type="button" onClick={() => (cursors.value = cursors.value.slice(0, -1))}>
                  {say('people.newer')}
                </button>
              )}
              {next !== undefined && (
                <button type="button" onClick={() => (cursors.value = [...cursors.value, next])}>
                  {say('people.older')}
                </button>
              )}
            </p>
          </>
        )}
      </Answer>
    </section>
  )
}

const columns = ['when', 'campaign', 'came', 'talked', 'agent'] as const

function Table({ calls }: { readonly calls: readonly Call[] }) {
  return (
    <section class="scroll" aria-label={say('people.calls')}>
      <table>
        <thead>
          <tr>
            {columns.map(column => (
              <th key={column} scope="col">
                {say(`people.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {calls.map(call => (
            <Row key={call.callId} call={call} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ call }: { readonly call: Call }) {
  const { originatedAt, campaignId, origin, disposition, wrapUpCode, note, agentId } = call
  const came = disposition === undefined ? say('history.goes-on-now') : sayOf('disposition', disposition)
  return (
    <tr>
      <td>{dayTime(originatedAt)}</td>
      <td>{campaignId}</td>
      <td>
        {[came, wrapUpCode && sayOf('code', wrapUpCode)].filter(Boolean).join(' · ')}
        {origin === 'inbound' && <p class="small muted">{say('history.incoming')}</p>}
        {note !== undefined && <p class="said small">{note}</p>}
      </td>
      <td>{talkOf(call)}</td>
      <td>{agentId ?? '–'}</td>
    </tr>
  )
}

function talkOf({ connectedAt, transferredAt, endedAt }: Call): string {
  const until = transferredAt ?? endedAt
  if (connectedAt === undefined || until === undefined) return '–'
  return clock(Date.parse(until) - Date.parse(connectedAt))
}
