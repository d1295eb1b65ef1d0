import type { Command } from 'commander'
import { loadStoreAccess } from '../../../config.ts'
import { InputError } from '../../../errors.ts'
import { isE164 } from '../../../numbers/e164.ts'
import type { CallRecord } from '../../../ports/attempts.ts'
import type { LeadRecord } from '../../../ports/leads.ts'
import { readArchive } from '../../../store/archive/readArchive.ts'
import { type ArchiveHeader, type ArchiveRow, openRow } from '../../../store/archive/rows.ts'
import { type ArchiveKeys, openArchiveKeys } from '../../../store/sqlite/archive/archiveKeys.ts'
import { type Cli, examples } from '../../cli.ts'
import { fields, localTime, plural, table } from '../../terminal/format.ts'

/** `archive show FILE [NUMBER|CALL]` */
export function showCommand(archive: Command, cli: Cli): void {
  examples(
    archive
      .command('show')
      .argument('<file>', 'an archive')
      .argument('[what]', 'a number, as +12015550123, or a call (default: what the archive holds, counted)')
      .description('what an archive holds of a number or a call; who was erased since cannot be found any more'),
    'dialwright archive show /archive/2031.jsonl.gz',
    'dialwright archive show /archive/2031.jsonl.gz +12015550123',
    'dialwright archive show /archive/2031.jsonl.gz mik9x2-17 --json',
  ).action(async (file: string, what: string | undefined) => {
    if (what === undefined) {
      const found = await count(file)
      cli.print(found, () => countWords(found))
      return
    }
    const keys = openArchiveKeys(loadStoreAccess(cli.configFile()).store.path)
    try {
      const found = await (what.startsWith('+') ? ofNumber(file, what, keys) : ofCall(file, what, keys))
      cli.print(found, () => rowWords(found))
    } finally {
      keys.close()
    }
  })
}

interface Counted {
  readonly databaseId: string
  readonly before: string
  readonly createdAt: string
  readonly attempts: number
  readonly leads: number
  readonly campaigns: readonly { readonly campaignId: string; readonly attempts: number; readonly leads: number }[]
}

async function count(file: string): Promise<Counted> {
  const campaigns = new Map<string, { attempts: number; leads: number }>()
  let header: ArchiveHeader | undefined
  const sum = { attempts: 0, leads: 0 }
  for await (const line of readArchive(file)) {
    if (line.kind === 'header') header = line.header
    if (line.kind !== 'row') continue
    const { campaignId } = 'attempt' in line.row ? line.row.attempt : line.row.lead
    const of = campaigns.get(campaignId) ?? { attempts: 0, leads: 0 }
    campaigns.set(campaignId, of)
    const name = 'attempt' in line.row ? 'attempts' : 'leads'
    of[name] += 1
    sum[name] += 1
  }
  const { databaseId = '', before = 0, createdAt = 0 } = header ?? {}
  const times = { before: new Date(before).toISOString(), createdAt: new Date(createdAt).toISOString() }
  const all = [...campaigns].sort().map(([campaignId, counts]) => ({ campaignId, ...counts }))
  return { databaseId, ...times, ...sum, campaigns: all }
}

function countWords({ before, createdAt, attempts, leads, campaigns }: Counted): string {
  const rows = campaigns.map(one => [one.campaignId, String(one.attempts), String(one.leads)])
  return `${fields([
    ['made', localTime(createdAt)],
    ['from before', localTime(before)],
    ['attempts', String(attempts)],
    ['leads', String(leads)],
  ])}${table(['campaign', 'attempts', 'leads'], rows)}`
}

/** Rows as they were; one that cannot be opened any more is shown without its person. */
interface Found {
  readonly attempts: readonly (Omit<CallRecord, 'number'> & { readonly number?: string })[]
  readonly leads: readonly (Partial<LeadRecord> & Pick<LeadRecord, 'leadId' | 'campaignId' | 'state'>)[]
}

async function ofNumber(file: string, number: string, keys: ArchiveKeys): Promise<Found> {
  if (!isE164(number)) throw new InputError('invalid-number', `"${number}" is no number: write it as +12015550123`)
  const of = keys.ofNumber(number)
  if (of === undefined)
    throw new InputError('not-archived', 'nothing ties this number to an archive: it was never called, or was erased')
  return rowsOf(file, row => (row.subject === of.subject ? of : undefined))
}

async function ofCall(file: string, callId: string, keys: ArchiveKeys): Promise<Found> {
  const found = await rowsOf(file, row => {
    if (!('attempt' in row) || row.attempt.callId !== callId) return undefined
    return (row.subject === undefined ? undefined : keys.ofSubject(row.subject)) ?? 'nobody'
  })
  if (found.attempts.length > 0) return found
  throw new InputError('not-archived', `there is no call ${callId} in ${file}: look at another archive`)
}

type Wanted = { readonly subject: string; readonly key: string } | 'nobody' | undefined

async function rowsOf(file: string, wanted: (row: ArchiveRow) => Wanted): Promise<Found> {
  const found: { attempts: Found['attempts'][number][]; leads: Found['leads'][number][] } = { attempts: [], leads: [] }
  for await (const line of readArchive(file)) {
    if (line.kind !== 'row') continue
    const of = wanted(line.row)
    if (of === undefined) continue
    const opened = of === 'nobody' ? undefined : openRow(line.row, of)
    if (of !== 'nobody' && opened === undefined)
      throw new InputError('archive-damaged', `${file}: a row does not open with its key: hold it against the ledger`)
    // A row of calls opens to a call, one of leads to a lead.
    if ('attempt' in line.row) found.attempts.push((opened ?? line.row.attempt) as Found['attempts'][number])
    else found.leads.push((opened ?? line.row.lead) as Found['leads'][number])
  }
  return found
}

function rowWords({ attempts, leads }: Found): string {
  const calls = attempts.map(({ originatedAt, callId, campaignId, number, end, wrapUp }) => {
    const begun = [localTime(new Date(originatedAt).toISOString()), callId, campaignId, number ?? 'erased']
    return [...begun, end?.disposition, end?.agentId, wrapUp?.code, wrapUp?.note]
  })
  const header = ['originated at', 'call', 'campaign', 'number', 'disposition', 'agent', 'wrap-up', 'note']
  const rows = leads.map(({ leadId, campaignId, number = 'erased', state, list = '' }) => {
    return [String(leadId), campaignId, number, state, list]
  })
  const parts = [`${plural(attempts.length, 'attempt')}, ${plural(leads.length, 'lead')}\n`]
  if (calls.length > 0) parts.push(table(header, calls))
  if (rows.length > 0) parts.push(table(['lead', 'campaign', 'number', 'state', 'list'], rows))
  return parts.join('')
}
