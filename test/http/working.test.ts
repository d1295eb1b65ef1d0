// Answers that take a while: told to be worked at, stopped where nobody waits, and a silence that is called one.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { campaignExplainView } from '../../src/api/campaigns.ts'
import { leadImportView } from '../../src/api/leads.ts'
import { doneView } from '../../src/api/views.ts'
import { workingLine, workingType } from '../../src/api/working.ts'
import type { Told } from '../../src/cli/answer.ts'
import { type ClientOptions, createApiClient } from '../../src/cli/client.ts'
import { problemsOf } from '../../src/config/problems.ts'
import { InputError } from '../../src/errors.ts'
import type { CampaignCensus, CensusStore } from '../../src/ports/census.ts'
import type { Importer } from '../../src/ports/importing/importer.ts'
import type { Waiter } from '../../src/ports/waiter.ts'
import { type Rig, startRig, token } from './rig.ts'

const counted: CampaignCensus = { leads: 10, dialable: 4, reasons: [] }

/** A count in the test's hands. */
interface Count {
  readonly waiter: Waiter
  answer(census: CampaignCensus): void
  fail(error: unknown): void
}

/** A daemon that says every 20 ms that it is at work, and whose counts end when the test says so. */
async function countingRig(t: Test, options: { importer?: Importer } = {}) {
  const rig = await startRig(t, { beatMs: 20, ...options })
  for (const id of ['spring', 'autumn']) await rig.call('PUT', `/v1/campaigns/${id}`, { id, message: 'sorry' })
  const counts: Count[] = []
  let begun = (): void => {}
  const census: CensusStore['census'] = (_question, waiter = {}) =>
    new Promise((answer, fail) => {
      counts.push({ waiter, answer, fail })
      begun()
    })
  Object.assign(rig.store, { census })
  const nextCount = async (): Promise<Count> => {
    if (counts.length === 0) {
      await new Promise<void>(resolve => {
        begun = resolve
      })
    }
    const [count] = counts.splice(0, 1)
    if (count === undefined) throw new RangeError('no count')
    return count
  }
  return { rig, counts, nextCount }
}

/** A client whose reports the test reads, and may wait for. */
function listener(port: number, options: Partial<ClientOptions> = {}) {
  const told: Told[] = []
  let ends = 0
  let heard = (): void => {}
  const client = createApiClient({
    ...{ host: '127.0.0.1', port, token, silenceMs: 10_000, ...options },
    waiting: {
      working(one) {
        told.push(one)
        heard()
      },
      end: () => {
        ends += 1
      },
    },
  })
  const hears = async (wanted: (one: Told) => boolean): Promise<void> => {
    while (!told.some(wanted)) {
      await new Promise<void>(resolve => {
        heard = resolve
      })
    }
  }
  return { client, told, hears, ends: () => ends }
}

const portOf = ({ url }: Rig): number => Number(new URL(url).port)
const explain = '/v1/campaigns/spring/explain'

t.test('an answer that takes a while is told to be worked at, with how far it is, and then comes', async t => {
  const { rig, nextCount } = await countingRig(t)
  const { client, hears, ends } = listener(portOf(rig))
  const asked = client.get(campaignExplainView, explain)
  const count = await nextCount()
  await hears(({ what }) => what === undefined)
  count.waiter.onProgress?.({ what: 'leads', done: 5, total: 10 })
  await hears(({ what, done, total }) => what === 'leads' && done === 5 && total === 10)
  count.answer(counted)
  t.match(await asked, { campaignId: 'spring', leads: 10, dialable: 4 })
  t.equal(ends(), 1, 'the bar is taken away')
})

t.test('a refusal that takes a while is one', async t => {
  const { rig, nextCount } = await countingRig(t)
  const { client, hears } = listener(portOf(rig))
  const asked = client.get(campaignExplainView, explain)
  const count = await nextCount()
  await hears(() => true)
  count.fail(new InputError('not-so', 'it is not so'))
  await t.rejects(asked, { code: 'not-so', message: 'it is not so' })
})

t.test('who does not ask to be told gets one answer, however long it takes', async t => {
  const { rig, nextCount } = await countingRig(t)
  const { hears, client } = listener(portOf(rig))
  const plain = rig.call('GET', explain)
  const other = client.get(campaignExplainView, explain)
  const count = await nextCount()
  await hears(() => true)
  count.answer(counted)
  t.match(await plain, { status: 200, body: { leads: 10 } })
  t.match(await other, { leads: 10 })
})

t.test('two who ask share a count; it goes on while one of them waits, and stops with the last', async t => {
  const { rig, counts, nextCount } = await countingRig(t)
  const headers = { authorization: `Bearer ${token}` }
  const leaving = [new AbortController(), new AbortController()]
  const asked = leaving.map(({ signal }) => fetch(`${rig.url}${explain}`, { headers, signal }).catch(() => 'gone'))
  const { client, hears } = listener(portOf(rig))
  const third = client.get(campaignExplainView, explain)
  const { waiter, answer } = await nextCount()
  await hears(() => true)
  for (const one of leaving) one.abort()
  t.same(await Promise.all(asked), ['gone', 'gone'])
  const others = await rig.call('GET', '/v1/campaigns/autumn/explain')
  t.match(others, { status: 429, body: { error: { code: 'count-under-way', message: /spring/ } } })
  t.notOk(waiter.signal?.aborted, 'one still waits')
  answer(counted)
  t.match(await third, { leads: 10 })
  t.equal(counts.length, 0, 'it was counted once')

  const last = new AbortController()
  const alone = fetch(`${rig.url}${explain}`, { headers, signal: last.signal }).catch(() => 'gone')
  const stopping = await nextCount()
  const stopped = new Promise(resolve => stopping.waiter.signal?.addEventListener('abort', resolve))
  last.abort()
  await stopped
  t.equal(await alone, 'gone')
  const next = rig.call('GET', explain)
  stopping.fail(new InputError('count-stopped', 'nobody waits'))
  const afresh = await nextCount()
  afresh.answer(counted)
  t.match(await next, { status: 200, body: { leads: 10 } }, 'who asks while it stops gets a count of their own')
})

/** An importer that reads the beginning of a file, and ends when the test says so. */
function createSlowImporter() {
  let release = (_error?: unknown): void => {}
  const held = new Promise<void>((resolve, reject) => {
    release = error => (error === undefined ? resolve() : reject(error))
  })
  const importer = {
    async importLeads({ stream, source, onProgress }: Parameters<Importer['importLeads']>[0]) {
      let rows = 0
      for await (const piece of stream) {
        rows += piece.length
        onProgress?.({ bytes: rows, rows })
        if (source === 'refused.csv') await held
      }
      await held
      const counts = { rows, imported: rows, duplicates: 0, invalid: 0, problems: [], problemsLeftOut: 0 }
      return { ...counts, source, durationMs: 1, list: 'leads', refused: 0, refusalsUnread: 0, warnings: [] }
    },
  }
  // Only this one is asked.
  return { importer: importer as unknown as Importer, release: (error?: unknown) => release(error) }
}

async function* pieces(count: number, sent: () => void = () => {}): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at += 1) yield new TextEncoder().encode('x'.repeat(1000))
  sent()
}

const importPath = '/v1/campaigns/spring/leads/import'

t.test('an import is told to be worked at when its file has been sent', async t => {
  const { importer, release } = createSlowImporter()
  const { rig } = await countingRig(t, { importer })
  const { client, told, hears } = listener(portOf(rig))
  const request = { path: importPath, query: { source: 'a.csv' }, bytes: pieces(10) }
  const asked = client.upload(leadImportView, request)
  await hears(({ what, done }) => what === 'rows' && done === 10_000)
  release()
  t.match(await asked, { rows: 10_000 })
  t.ok(told.length > 0)
})

t.test('a refusal reaches who is still sending, behind an answer that has begun', async t => {
  const { importer, release } = createSlowImporter()
  const { rig } = await countingRig(t, { importer })
  const begun = fetchedHead(t, rig)
  const response = await begun
  t.equal(response.headers.get('content-type'), workingType)
  release(new InputError('bad-file', 'the file is none'))
  const lines = (await response.text())
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  for (const line of lines) t.same(problemsOf(workingLine, line), [], 'as the API is described')
  t.match(lines[0], { working: {} })
  t.same(lines.at(-1), { error: { code: 'bad-file', message: 'the file is none' }, status: 422 })
})

/** The head of an answer that begins while a file without end is being sent. */
function fetchedHead(t: Test, rig: Rig): Promise<Response> {
  const stop = new AbortController()
  t.teardown(() => stop.abort())
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv', accept: workingType }
  const init = { method: 'POST', headers, duplex: 'half' as const, signal: stop.signal }
  return fetch(`${rig.url}${importPath}?source=refused.csv`, {
    ...init,
    body: ReadableStream.from(pieces(100_000)),
  })
}

/** A program that listens there and is no daemon at work. */
async function stranger(t: Test, answer: RequestListener): Promise<number> {
  const server = createServer(answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

t.test('a silence is called one, before an answer and in its middle; a break is a break', async t => {
  const silent = {
    code: 'daemon-silent',
    message: /has not said a word for 0.1 s: see its log; what was asked for may still be done/,
  }
  const mute = listener(await stranger(t, () => {}), { silenceMs: 100 })
  await t.rejects(mute.client.send(doneView, { method: 'POST', path: '/v1/x' }), silent)
  await t.rejects(mute.client.upload(doneView, { path: '/v1/x', query: {}, bytes: pieces(1) }), silent)
  const stuck = listener(
    await stranger(t, (_request, response) => {
      response.writeHead(200, { 'content-type': workingType })
      response.write('{"working":{}}\n')
    }),
    { silenceMs: 100 },
  )
  await t.rejects(stuck.client.get(doneView, '/v1/x'), silent)
  t.same(stuck.told, [{}])
  const broken = listener(
    await stranger(t, (_request, response) => {
      response.writeHead(200, { 'content-type': workingType })
      response.end('{"working":{}}\n')
    }),
  )
  await t.rejects(broken.client.get(doneView, '/v1/x'), { code: 'daemon-gone', message: /before its answer/ })
  const foreign = listener(await stranger(t, (_request, response) => void response.end('<html>')))
  await t.rejects(foreign.client.get(doneView, '/v1/x'), { code: 'not-dialwright' })
})
