import { useSignal } from '@preact/signals'
import type { SessionView } from '../../api/access/sessions.ts'
import type { CampaignView } from '../../api/campaigns.ts'
import type { LeadListsView, LeadListView } from '../../api/leads.ts'
import { Answer } from '../parts/answers.tsx'
import { useAsked } from '../parts/asking.ts'
import { count, dayTime, say, sayOf } from '../parts/words.ts'

interface LeadsProps {
  readonly campaignId: string
  readonly counts: CampaignView['leads']
  readonly rights: SessionView['rights']
}

/** Whom it may call: its lists, and the leads themselves. */
export function Leads({ campaignId, counts }: LeadsProps) {
  const path = `/v1/campaigns/${encodeURIComponent(campaignId)}/leads`
  return (
    <div class="stack">
      <p>
        {say('campaigns.lead-counts', {
          total: count(counts.total),
          dialable: count(counts.dialable),
          finished: count(counts.finished),
        })}
      </p>
      {counts.total > 0 && (
        <>
          <Lists path={path} />
          <Pages path={path} />
        </>
      )}
    </div>
  )
}

function Lists({ path }: { readonly path: string }) {
  const asked = useAsked<LeadListsView>(`${path}/lists`)
  return (
    <section class="card stack" aria-labelledby="lists-title">
      <h2 id="lists-title">{say('campaigns.lists')}</h2>
      <Answer asked={asked} what={say('campaigns.lists')}>
        {({ lists }) => (
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">{say('column.list')}</th>
                  <th scope="col" class="number">
                    {say('campaigns.leads')}
                  </th>
                  <th scope="col" class="number">
                    {say('campaigns.dialable')}
                  </th>
                  <th scope="col" class="number wide-only">
                    {say('campaigns.finished')}
                  </th>
                  <th scope="col" class="wide-only">
                    {say('campaigns.origin')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {lists.map(({ list, leads, dialable, finished, origins }) => (
                  <tr key={list}>
                    <td class="name">
                      <bdi>{list}</bdi>
                    </td>
                    <td class="number">{count(leads)}</td>
                    <td class="number">{count(dialable)}</td>
                    <td class="number wide-only">{count(finished)}</td>
                    <td class="wide-only">
                      <bdi>
                        {origins.map(({ origin, legalBasis }) => `${origin} (${legalBasis})`).join(', ') || '–'}
                      </bdi>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answer>
    </section>
  )
}

const pageSize = 50

function Pages({ path }: { readonly path: string }) {
  const before = useSignal<readonly number[]>([])
  const after = before.value.at(-1)
  const asked = useAsked<LeadListView>(`${path}?limit=${pageSize}${after === undefined ? '' : `&after=${after}`}`)
  return (
    <section class="card stack" aria-labelledby="leads-title">
      <h2 id="leads-title">{say('campaigns.leads')}</h2>
      <Answer asked={asked} what={say('campaigns.leads')}>
        {({ leads, next }) => (
          <>
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{say('desk.number')}</th>
                    <th scope="col">{say('board.name')}</th>
                    <th scope="col">{say('board.state')}</th>
                    <th scope="col" class="number wide-only">
                      {say('campaigns.attempts')}
                    </th>
                    <th scope="col" class="wide-only">
                      {say('column.list')}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {leads.map(lead => (
                    <LeadRow key={lead.leadId} lead={lead} />
                  ))}
                </tbody>
              </table>
            </div>
            <div class="row">
              {before.value.length > 0 && (
                <button type="button" onClick={() => (before.value = before.value.slice(0, -1))}>
                  {say('campaigns.earlier')}
                </button>
              )}
              {next !== undefined && (
                <button type="button" onClick={() => (before.value = [...before.value, next])}>
                  {say('campaigns.later')}
                </button>
              )}
            </div>
          </>
        )}
      </Answer>
    </section>
  )
}

function LeadRow({ lead }: { readonly lead: LeadListView['leads'][number] }) {
  const { number, data, state, attempts, list, lastDisposition, dialableAt, reason } = lead
  const name = data.name ?? [data.first_name, data.last_name].filter(part => part !== undefined).join(' ')
  const last = lastDisposition === undefined ? undefined : sayOf('disposition', lastDisposition)
  const rests = dialableAt === undefined ? undefined : say('campaigns.rests-until', { at: dayTime(dialableAt) })
  return (
    <tr>
      <td>{number}</td>
      <td class="name">
        <bdi>{name}</bdi>
      </td>
      <td>
        {[sayOf('lead', state), last, rests, state === 'finished' ? reason : undefined]
          .filter(part => part !== undefined)
          .join(' · ')}
      </td>
      <td class="number wide-only">{attempts}</td>
      <td class="wide-only">
        <bdi>{list}</bdi>
      </td>
    </tr>
  )
}
