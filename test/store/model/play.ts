import type { CampaignAttempt } from '../../../src/core/calls/call.ts'
import { noRules } from '../../../src/core/compliance/rules.ts'
import { given } from '../../../src/core/given.ts'
import { dayMs } from '../../../src/core/time.ts'
import { StoreError } from '../../../src/errors.ts'
import { packLeads } from '../../../src/ports/importing/packedLeads.ts'
import { type MovedCall, packMoved } from '../../../src/ports/importing/packedMoved.ts'
import type { LeadRecord, NewLead } from '../../../src/ports/leads.ts'
import { attemptOf, endOf, someCampaign, someLine } from '../../contract/store.ts'
import { shippedRules } from '../../support/compliance.ts'
import type { Event, EventOf } from './events.ts'
import type { Side } from './side.ts'

const halfHourMs = 1_800_000
const summary = { source: 'leads.csv', rows: 0, imported: 0, duplicates: 0, invalid: 0 }

/** An instant of the run. */
export function instant(at: number): number {
  return at * halfHourMs
}

function maybe(at: number | undefined): number | undefined {
  return at === undefined ? undefined : instant(at)
}

/** One run on a store, which other runs use as well: its campaigns, numbers, lists and calls are its own. */
export class Play {
  readonly side: Side
  readonly #run: number
  readonly campaigns: readonly [string, string]
  readonly numbers: readonly string[]
  readonly lists: readonly string[]
  readonly #calls: CampaignAttempt[] = []
  #imports = 0

  constructor(side: Side, run: number) {
    this.side = side
    this.#run = run
    this.campaigns = [`run-${run}-a`, `run-${run}-b`]
    this.numbers = Array.from({ length: 8 }, (_, index) => `${this.#prefix()}${String(100 + index * 3)}`)
    this.lists = [`list-${run}-x`, `list-${run}-y`]
  }

  /** An area of the run's own; 555 0100 to 0199 are for fiction. */
  #prefix(): string {
    return `+1${201 + this.#run}5550`
  }

  numberAt(index: number): string {
    return this.numbers[index] ?? `${this.#prefix()}199`
  }

  #importId(): string {
    this.#imports += 1
    return `run-${this.#run}-import-${this.#imports}`
  }

  #callAt(index: number): CampaignAttempt | undefined {
    return this.#calls[index] ?? this.#calls.at(-1)
  }

  async leads(campaign: number): Promise<readonly LeadRecord[]> {
    return this.side.store.listLeads({ campaignId: this.campaigns[campaign] ?? '', limit: 100 })
  }

  async #leadAt(campaign: number, index: number): Promise<LeadRecord | undefined> {
    const leads = await this.leads(campaign)
    return leads[index] ?? leads.at(-1)
  }

  /** What the store answers; where it refuses, the code of its refusal. */
  async answerTo(event: Event): Promise<unknown> {
    try {
      return await this.#carryOut(event)
    } catch (error) {
      if (error instanceof StoreError) return { refused: error.code }
      throw error
    }
  }

  async #carryOut(event: Event): Promise<unknown> {
    const { store } = this.side
    switch (event.kind) {
      case 'begin':
        return this.#begin(event)
      case 'end':
        return this.#end(event)
      case 'wrap-up':
        return this.#wrapUp(event)
      case 'line':
        return store.recordLine(this.#callAt(event.call)?.callId ?? 'never', { ...someLine, packets: event.packets })
      case 'defer': {
        const lead = await this.#leadAt(event.campaign, event.lead)
        const until = event.until === null ? null : instant(event.until)
        return lead && store.deferLead(lead.leadId, until, event.reason)
      }
      case 'ask':
        return this.#ask(event)
      case 'import':
        return this.#import(event)
      case 'release':
      case 'recycle':
        return this.#release(event)
      case 'block':
      case 'prefix':
      case 'install':
      case 'drop':
        return this.#list(event)
      case 'permit':
      case 'withdraw':
      case 'import-permissions':
      case 'hours':
        return this.#permission(event)
      case 'erase':
        return store.erasePerson({ number: this.numberAt(event.number), at: instant(event.at), by: 'test' })
      case 'erase-subject':
        return store.eraseSubject(this.numberAt(event.number), instant(event.at))
      case 'rules':
        return store.recordRules(event.shipped ? shippedRules : noRules, instant(event.at))
      case 'apply':
      case 'progress':
      case 'agent':
        return this.#settings(event)
      case 'move-in':
      case 'take-back':
        return this.#moved(event)
      case 'user':
        return this.#user(event)
      case 'token':
      case 'act':
        return this.#token(event)
      case 'archive':
        return this.#archive(event)
    }
  }

  async #begin({ campaign, lead, at }: EventOf<'begin'>): Promise<unknown> {
    const found = await this.#leadAt(campaign, lead)
    if (found === undefined) return undefined
    const attempt = attemptOf(found, `run-${this.#run}-${this.#calls.length}`, instant(at))
    this.#calls.push(attempt)
    return this.side.store.beginAttempt(attempt)
  }

  async #end(event: EventOf<'end'>): Promise<unknown> {
    const call = this.#callAt(event.call)
    const { disposition, detail, counts: countsAsAttempt, ringingAt, answeredAt, messageAt, retryAt } = event
    const times = { ringingAt: maybe(ringingAt), answeredAt: maybe(answeredAt), messageAt: maybe(messageAt) }
    const connectedAt = disposition === 'connected' ? times.answeredAt : undefined
    const leadRetryAt = retryAt === null ? null : instant(retryAt)
    const more = { sipCallId: 'a@b', agentId: 'a1', ...given({ ...times, connectedAt, detail }) }
    return call && this.side.store.endAttempt(endOf(call, { disposition, countsAsAttempt, leadRetryAt, ...more }))
  }

  async #wrapUp(event: EventOf<'wrap-up'>): Promise<unknown> {
    const { code, refusal, callbackAt, callbackAgentId, leadRetryAt, note, form, at } = event
    const callId = this.#callAt(event.call)?.callId ?? 'never'
    const times = { callbackAt: maybe(callbackAt), leadRetryAt: maybe(leadRetryAt), at: maybe(at) }
    return this.side.store.recordWrapUp({ callId, code, refusal, ...given({ ...times, callbackAgentId, note, form }) })
  }

  async #ask({ campaign, list, at, limit, exclude }: EventOf<'ask'>): Promise<unknown> {
    const excluded = await Promise.all(exclude.map(index => this.#leadAt(campaign, index)))
    const leadIds = excluded.filter(lead => lead !== undefined).map(({ leadId }) => leadId)
    const query = { campaignId: this.campaigns[campaign] ?? '', limit, exclude: leadIds, now: instant(at) }
    return this.side.store.dialableLeads({ ...query, ...given({ list }) })
  }

  async #import({ campaign, how, list, at, rows }: EventOf<'import'>): Promise<unknown> {
    const { store } = this.side
    const [importId, campaignId] = [this.#importId(), this.campaigns[campaign] ?? '']
    const leads = rows.map((row, index): NewLead => {
      // Rows that go away with their import take a while to go: they have numbers of their own.
      const number = how === 'discard' ? `${this.#prefix()}${150 + index}` : this.numberAt(row.number)
      const personId = row.person === undefined || how === 'discard' ? undefined : `${row.person}-${this.#run}`
      const provenance =
        row.origin === undefined ? undefined : ({ origin: row.origin, legalBasis: 'consent', obtainedAt: 5 } as const)
      const past =
        row.past === undefined
          ? undefined
          : {
              state: row.past,
              attempts: 1,
              dialableAt: instant(at),
              reason: row.past === 'finished' ? 'lead-finished' : 'fatigue-limit',
              callbackAgentId: 'a1',
            }
      const zones = { timeZones: ['America/New_York'], places: index === 0 ? ['US-FL'] : [] }
      return {
        number,
        ...zones,
        priority: row.priority,
        data: { name: `row ${index}` },
        ...given({ personId, provenance, past }),
      }
    })
    const answer =
      at % 2 === 0
        ? await store.importLeads(importId, campaignId, leads)
        : await store.importPackedLeads(importId, campaignId, packLeads(leads))
    if (how === 'activate') await store.activateImport(importId, { ...summary, list })
    if (how === 'discard') await store.discardImport(importId)
    const again = how === 'leave' ? undefined : await store.activateImport(importId, summary).catch(error => error.code)
    return [answer, again]
  }

  async #release(event: EventOf<'release' | 'recycle'>): Promise<unknown> {
    const campaignId = this.campaigns[event.campaign] ?? ''
    if (event.kind === 'release') {
      const number = event.number === undefined ? undefined : this.numberAt(event.number)
      return this.side.store.releaseLeads({ campaignId, reasons: event.reasons, ...given({ number }) })
    }
    const { list, last, resetAttempts, attemptsMax, dryRun, listed } = event
    const which = given({ list, listed, last: last.length === 0 ? undefined : last })
    return this.side.store.recycleLeads({ campaignId, resetAttempts, attemptsMax, dryRun, ...which })
  }

  async #list(event: EventOf<'block' | 'prefix' | 'install' | 'drop'>): Promise<unknown> {
    const { store } = this.side
    switch (event.kind) {
      case 'block': {
        const number = this.numberAt(event.number)
        if (!event.on) return store.removeDoNotCall(number)
        const { list, note } = event
        return store.addDoNotCall({ number, list, source: 'operator', at: instant(event.at), ...given({ note }) })
      }
      case 'prefix': {
        const prefix = `${this.#prefix()}${event.digits}`
        if (!event.on) return store.removeDoNotCallPrefix(prefix)
        return store.addDoNotCallPrefix({ prefix, source: 'operator', at: instant(event.at) })
      }
      case 'drop':
        return store.dropDoNotCallList(this.lists[event.list] ?? '')
      case 'install': {
        const dates = { importedAt: instant(event.at), asOf: instant(event.at) }
        const kind = event.place === undefined ? 'other' : 'national'
        const numbers = event.numbers.map(index => this.numberAt(index))
        const of = { list: this.lists[event.list] ?? '', source: 'list.txt', kind, version: 'v1' } as const
        return this.side.install({
          version: { ...of, ...dates, numbers: numbers.length, ...given({ place: event.place }) },
          numbers,
          prefixes: event.wildcard ? [`${this.#prefix().slice(1)}12`] : [],
        })
      }
    }
  }

  async #permission(event: EventOf<'permit' | 'withdraw' | 'import-permissions' | 'hours'>): Promise<unknown> {
    const { store } = this.side
    const at = instant(event.at)
    const given0 = { basis: 'express', channels: ['call'], givenAt: at, how: 'a form', recordedAt: at } as const
    switch (event.kind) {
      case 'permit': {
        const { topics, channels, seller } = event
        const expiresAt = maybe(event.expiresAt)
        return store.addPermission({
          number: this.numberAt(event.number),
          ...given0,
          topics,
          channels,
          ...given({ expiresAt, seller }),
        })
      }
      case 'withdraw':
        return store.withdrawPermission({
          number: this.numberAt(event.number),
          at,
          how: 'by mail',
          ...given({ topic: event.topic }),
        })
      case 'hours': {
        const number = this.numberAt(event.number)
        const days = [[], [], [{ startMinute: 600, endMinute: 700 }], [], [], [], []]
        return store.setPersonHours(
          event.on ? { number, days, how: 'by mail', recordedAt: at } : { number, days: null },
        )
      }
      case 'import-permissions': {
        const importId = this.#importId()
        const rows = event.rows.map(({ number, topics, withdrawnAt, seller }) => {
          const end = withdrawnAt === undefined ? {} : { withdrawnAt: instant(withdrawnAt), withdrawnHow: 'by mail' }
          // As with leads: what goes away with its import has a number of its own.
          const of = event.how === 'discard' ? `${this.#prefix()}160` : this.numberAt(number)
          return { ...given0, number: of, topics, ...end, ...given({ seller }) }
        })
        const answer = await store.importPermissions(importId, rows)
        if (event.how === 'discard') await store.discardPermissions(importId)
        if (event.how === 'activate')
          await store.activatePermissions(importId, { source: 'p.csv', imported: rows.length, at })
        return answer
      }
    }
  }

  async #settings(event: EventOf<'apply' | 'progress' | 'agent'>): Promise<unknown> {
    const { store } = this.side
    if (event.kind === 'agent') {
      const agentId = `run-${this.#run}-${event.agent}`
      const settings = { agentId, name: event.name, endpoint: 'PJSIP/a', nodeId: 'pbx' }
      if (event.how === 'save') return store.saveAgent(settings)
      if (event.how === 'remove') return store.removeAgent(agentId)
      const keeps = given({ settings: event.how === 'import' ? settings : undefined })
      const says = given({ fromFile: event.how === 'drop' ? undefined : settings })
      return store.importAgents([{ agentId, ...keeps, ...says }])
    }
    const campaignId = this.campaigns[event.campaign] ?? ''
    if (event.kind === 'apply') {
      const { sellerId, purpose, topic } = event
      return store.saveCampaign({ ...someCampaign(campaignId), seller: { sellerId, place: 'US' }, purpose, topic })
    }
    const memory = event.learned ? { pacer: 'test', version: 1 } : undefined
    return store.saveCampaignProgress({ campaignId, running: event.running, ...given({ memory: memory as never }) })
  }

  async #user({ how, user, session, role, at: index }: EventOf<'user'>): Promise<unknown> {
    const { store } = this.side
    const [name, sessionId, at] = [`run-${this.#run}-${user}`, `run-${this.#run}-${session}`, instant(index)]
    const by = 'test'
    const record = { name, role, campaigns: role === 'admin' ? [] : [this.campaigns[0]], addedAt: 1 }
    const browser = { sessionId, hash: sessionId, user: name, begunAt: 5, address: '::1', program: 'curl' }
    switch (how) {
      case 'save':
        return store.saveUser({ user: record, event: 'added', by, at })
      case 'end-others':
        return store.saveUser({ user: record, event: 'changed', by, at, endsSessions: { except: sessionId } })
      case 'remove':
        return store.removeUser({ name, by, at })
      case 'log-in':
        return store.saveUserSession({ ...browser, usedAt: 5 })
      case 'use':
        return store.saveUserSession({ ...browser, usedAt: at + 6 })
      case 'log-out':
        return store.endUserSessions([sessionId, 'never'])
    }
  }

  async #token(event: EventOf<'token' | 'act'>): Promise<unknown> {
    const { store } = this.side
    const at = instant(event.at)
    if (event.kind === 'act') {
      const number = event.number === undefined ? undefined : this.numberAt(event.number)
      return store.recordAct({ by: 'ann', via: 'session', what: 'test', at, of: { list: 'x' }, ...given({ number }) })
    }
    const tokenId = `run-${this.#run}-${event.token}`
    if (event.how === 'revoke') return store.revokeApiToken({ tokenId, by: 'ann', at })
    const campaigns = event.campaign === undefined ? undefined : [this.campaigns[event.campaign] ?? '']
    const token = { tokenId, name: 'crm', hash: tokenId, rights: ['see-calls' as const], addedAt: at, addedBy: 'ann' }
    return store.addApiToken({ ...token, expiresAt: at + 1, ...given({ campaigns }) })
  }

  async #archive({ campaign, before, asRead }: EventOf<'archive'>): Promise<unknown> {
    const { store } = this.side
    const calls = await store.calls({ campaignId: this.campaigns[campaign] ?? '', limit: 100 })
    const codeOf = (code: string | undefined) => given({ code: asRead ? code : undefined })
    const attempts = calls.map(({ callId, wrapUp }) => ({ callId, ...codeOf(wrapUp?.code) }))
    const leads = (await this.leads(campaign)).map(({ leadId, state, attempts, dialableAt }) => {
      return { leadId, state, dialableAt, attempts: asRead ? attempts : attempts + 1 }
    })
    await store.nameSubjects([this.numberAt(before ?? 0)])
    await store.recordArchive({ event: 'left', file: 'a', sha256: 'b', attempts: 1, leads: 0 }, instant(before ?? 0))
    return store.letRowsGo({ before: maybe(before) ?? Date.now() + dayMs, attempts, leads })
  }

  async #moved(event: EventOf<'move-in' | 'take-back'>): Promise<unknown> {
    const { store } = this.side
    const campaignId = this.campaigns[event.campaign] ?? ''
    const idOf = (id: number) => `run-${this.#run}-moved-${event.campaign}-${id}`
    if (event.kind === 'take-back') return store.takeBackCalls(campaignId, event.ids.map(idOf))
    const calls = event.calls.map(({ id, number, at, disposition, answered, refusal, counts }): MovedCall => {
      const times = { originatedAt: instant(at), endedAt: instant(at) + 60_000 }
      const answeredAt = answered ? instant(at) + 5_000 : undefined
      const word = { wrapUpCode: 'NA', refusal, countsAsAttempt: counts }
      return {
        callId: idOf(id),
        number: this.numberAt(number),
        ...times,
        disposition,
        ...word,
        ...given({ answeredAt }),
      }
    })
    const refusals = event.refusals.map(({ number, at }) => {
      return { number: this.numberAt(number), list: 'company', source: 'import', at: instant(at) } as const
    })
    return [
      await store.moveIn(campaignId, packMoved({ kind: 'calls', calls })),
      await store.moveIn(campaignId, packMoved({ kind: 'refusals', refusals })),
    ]
  }
}
