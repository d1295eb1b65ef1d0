import { hourMs } from '../../../src/core/time.ts'
import { StoreError } from '../../../src/errors.ts'
import type { LedgerEntry } from '../../../src/ports/ledger.ts'
import { someCampaign } from '../../contract/store.ts'
import { shippedRules } from '../../support/compliance.ts'
import { instant, type Play } from './play.ts'

/** A read by its name, so that a difference says where it lies. */
type Told = Record<string, unknown>

/** Where a run begins: what other runs wrote before is not its own. */
export interface Start {
  readonly ledgerSeq: number
}

/** Notes where the ledger stands. */
export async function startOf({ side }: Play): Promise<Start> {
  return { ledgerSeq: (await side.store.ledgerHead()).seq }
}

/** Short reads after each step: what the next dial would ask. */
export async function quickReads(play: Play): Promise<unknown> {
  const { store } = play.side
  const [campaignId] = play.campaigns
  return {
    due: await store.dialableLeads({ campaignId, limit: 3, exclude: [], now: instant(25) }),
    counts: await store.leadCounts(campaignId),
  }
}

/** Everything that the port can be asked about the run. */
export async function everyRead(play: Play, more: { readonly start: Start; readonly census: boolean }): Promise<Told> {
  const told: Told = { ...(await wholeReads(play)), ledger: await ledgerOf(play, more.start) }
  for (const campaign of play.campaigns.keys()) told[`campaign ${campaign}`] = await campaignReads(play, campaign, more)
  for (const number of [...play.numbers, play.numberAt(99)]) told[number] = await numberReads(play, number)
  return told
}

async function wholeReads({ side, campaigns, lists }: Play): Promise<Told> {
  const { store } = side
  const own = (id: string) => campaigns.includes(id)
  const agents = await store.agents()
  const prefix = campaigns[0].replace(/a$/, '')
  return {
    campaigns: (await store.campaigns()).filter(({ settings }) => own(settings.campaignId)),
    agents: agents.filter(({ agentId }) => agentId.startsWith(prefix)),
    'agents of the file': (await store.agentsOfFile()).filter(({ agentId }) => agentId.startsWith(prefix)),
    users: (await store.users()).filter(({ name }) => name.startsWith(prefix)),
    sessions: (await store.userSessions()).filter(({ sessionId }) => sessionId.startsWith(prefix)),
    tokens: (await store.apiTokens()).filter(({ tokenId }) => tokenId.startsWith(prefix)),
    open: (await store.openAttempts()).filter(({ campaignId }) => own(campaignId)),
    lists: (await store.doNotCallLists()).filter(({ name }) => lists.includes(name)),
    prefixes: await store.doNotCallPrefixes(),
    'day totals': await dayTotalsOf({ store, campaigns }),
    'call-backs': (await store.callBacksOf('a1')).filter(({ campaignId }) => own(campaignId)),
    'put off': await store.leadsPutOff({ reason: 'fatigue-limit', limit: 5 }),
  }
}

/** Days of all lengths: the calls of a run are begun and ended at some of these instants. */
async function dayTotalsOf({
  store,
  campaigns,
}: Pick<Play, 'campaigns'> & Pick<Play['side'], 'store'>): Promise<unknown> {
  const days = [0, 5, 10, 20].map(at => ({ from: instant(at), until: instant(at + 7) }))
  const totals = await Promise.all(days.map(day => store.dayTotals(day)))
  return totals.map(ofDay => ofDay.filter(({ campaignId }) => campaigns.includes(campaignId)))
}

async function campaignReads(play: Play, campaign: number, { census }: { readonly census: boolean }): Promise<Told> {
  const { store } = play.side
  const campaignId = play.campaigns[campaign] ?? ''
  const leads = await play.leads(campaign)
  const calls = await store.calls({ campaignId, limit: 100 })
  const abandoned = await store.abandonedCalls({ campaignId, limit: 100 })
  const told: Told = {
    leads,
    calls,
    abandoned,
    counts: await store.leadCounts(campaignId),
    lists: await listsOf(store, campaignId),
    places: await store.placesOfLeads(campaignId),
    page: await store.listLeads({ campaignId, limit: 2, after: leads[0]?.leadId ?? 0 }),
    'put off': await store.leadsPutOff({ campaignId, reason: 'filtered-out', limit: 3 }),
    'calls since': await store.calls({ campaignId, since: instant(20), limit: 3 }),
    'calls behind': await pageBehind(calls[1]?.callId, after => store.calls({ limit: 3, after, campaignId })),
    'abandoned since': await store.abandonedCalls({ campaignId, sellerId: 'acme', since: instant(10), limit: 2 }),
    'abandoned behind': await pageBehind(abandoned[0]?.callId, after =>
      store.abandonedCalls({ campaignId, limit: 3, after, until: instant(40) }),
    ),
    'abandoned behind any': await pageBehind(calls[0]?.callId, after =>
      store.abandonedCalls({ limit: 3, after, campaignId }),
    ),
  }
  for (const hoursSince of [0, 26 * hourMs, 500 * 24 * hourMs])
    told[`spans ${hoursSince}`] = await store.abandonmentSpans({ campaignId, hoursSince })
  told['spans of sales'] = await store.abandonmentSpans({
    campaignId,
    purpose: 'sales',
    sellerId: 'acme',
    hoursSince: 0,
  })
  for (const now of new Set(leads.map(({ dialableAt }) => dialableAt)))
    told[`due at ${now}`] = await store.dialableLeads({ campaignId, limit: 9, exclude: [], now })
  told.callable = await Promise.all(leads.map(({ leadId }) => store.callableLead(leadId)))
  for (const { leadId } of leads) {
    told[`lead ${leads.findIndex(lead => lead.leadId === leadId)}`] = [
      await store.lead(leadId),
      await store.facts({ campaignId, leadId, now: instant(25) }),
      (await store.facts({ campaignId, leadId, columns: true, now: instant(25) })).columns,
    ]
  }
  if (census)
    told.census = await store.census({ settings: someCampaign(campaignId), book: shippedRules, now: instant(25) })
  return told
}

/** Origins come in no order that is promised. */
async function listsOf(store: Play['side']['store'], campaignId: string): Promise<unknown> {
  const lists = await store.leadLists(campaignId)
  return lists.map(list => ({ ...list, origins: [...list.origins].sort((a, b) => (a.origin < b.origin ? -1 : 1)) }))
}

async function pageBehind<Answer>(
  callId: string | undefined,
  read: (after: string) => Promise<Answer>,
): Promise<Answer | string> {
  try {
    return await read(callId ?? 'never')
  } catch (error) {
    if (error instanceof StoreError) return error.code
    throw error
  }
}

async function numberReads({ side: { store } }: Play, number: string): Promise<Told> {
  return {
    leads: await store.leadsByNumber(number),
    entry: await store.doNotCallEntry(number),
    hits: await store.doNotCallHits(number),
    permissions: await store.permissionsOf(number),
    numbers: await store.numbersOfPerson(number),
    hours: await store.personHoursOf(number),
    subject: await store.ledgerSubject(number),
    calls: await store.calls({ number, limit: 4 }),
    data: await dataOf(store, number),
  }
}

/** Places and hashes follow from what else is in the ledger: they are held together by the test of the whole chain. */
async function dataOf(store: Play['side']['store'], number: string): Promise<unknown> {
  const { ledger = [], ...data } = await store.personData(number)
  return { ...data, ledger: ledger.map(plain) }
}

async function ledgerOf({ side: { store } }: Play, { ledgerSeq }: Start): Promise<readonly unknown[]> {
  return (await entriesBehind(store, ledgerSeq)).map(plain)
}

/** All entries behind a place. */
export async function entriesBehind(store: Play['side']['store'], seq: number): Promise<readonly LedgerEntry[]> {
  const found: LedgerEntry[] = []
  for (;;) {
    const page = await store.ledgerEntries(found.at(-1)?.seq ?? seq, 1_000)
    if (page.length === 0) return found
    found.push(...page)
  }
}

function plain({ at, kind, entry }: LedgerEntry): unknown {
  return { at, kind, entry: JSON.parse(entry) }
}
