// The bundle for support holds nobody: whatever is planted in configuration, database and log is not in it, in any form.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { run } from '../../src/cli/main.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads } from '../contract/store.ts'
import { createFakeTerminal, deadPort, runLine, tempFolder } from './support.ts'

/** Words and numbers that stand nowhere else. */
interface Planted {
  readonly numbers: readonly string[]
  /** Letters of people's names, ids and secrets. */
  readonly words: readonly string[]
  readonly leadIds: number
}

const letters = fc.string({ unit: fc.constantFrom(...'bcdfghjkmqvwxz'), minLength: 7, maxLength: 9 })
const number = fc.tuple(fc.integer({ min: 3_000_000, max: 3_099_999 })).map(([line]) => `+1212${line}`)
const planted: fc.Arbitrary<Planted> = fc.record({
  numbers: fc.uniqueArray(number, { minLength: 8, maxLength: 8 }),
  words: fc.uniqueArray(letters, { minLength: 40, maxLength: 40 }),
  leadIds: fc.integer({ min: 100_000_007, max: 900_000_000 }),
})

/** Gives the next planted value at each call; all of them must be asked for. */
function dealer(values: readonly string[]) {
  let dealt = 0
  return { next: (): string => values[dealt++] ?? '', dealt: () => dealt }
}

interface Place {
  readonly folder: string
  readonly config: string
  readonly log: string
  readonly port: number
}

function writePlace(t: Test, { numbers, words }: Pick<Planted, 'numbers' | 'words'>, port: number): Place {
  const word = dealer(words)
  const w = word.next
  const [callerId = '', ownCallerId = '', ...others] = numbers
  const folder = join(tempFolder(t), w())
  mkdirSync(folder)
  const config = join(folder, 'dialwright.yaml')
  writeFileSync(join(folder, 'api.token'), `${w()}-${w()}-x\n`)
  writeFileSync(
    config,
    `# call ${w()} at ${others[0]} about this
nodes:
  - id: ${w()}
    ami: { host: 127.83.12.9, port: 9, user: ${w()}, secret: ${w()} }
    ari: { url: 'http://127.83.12.9:9/${w()}', user: ${w()}, secret: ${w()} }
    hep: { port: ${port + 1} }
trunks: [{ id: trunk, dialString: 'PJSIP/{number}@${w()}', channels: 10, callsPerSecond: 10, callerIds: ['${callerId}'] }]
agents: [{ id: ${w()}, name: ${w()}, endpoint: PJSIP/${w()} }]
seller: { id: ${w()}, place: US }
campaigns:
  - id: ${w()}-${others[1]?.slice(1)}
    name: ${w()} for ${others[2]}
    message: ${w()}/sorry
    topic: ${w()}
    callerIds: ['${ownCallerId}']
    filter: ${w()} = '${w()}'
    webhook: http://127.0.0.1:9/${w()}?key=${w()}
    respectLine: { language: en, who: ${w()}/who }
    wrapUp: { codes: { '1': ${w()} } }
recorder: { path: ${w()}.jsonl }
rules: { overrides: [{ rule: US-FTC/refusal, by: ${w()}, reason: said ${w()}, set: { binds: seller } }] }
api: { port: ${port}, tokenFile: api.token }
log: { level: fatal }
`,
  )
  return { folder, config, port, log: writeLog(folder, { w, number: others[3] ?? '' }) }
}

/** Lines of the daemon as it writes them, lines of others, and lines that only look like the daemon's. */
function writeLog(folder: string, { w, number }: { readonly w: () => string; readonly number: string }): string {
  const file = join(folder, 'daemon.log')
  const head = { level: 40, time: '2026-01-13T15:00:00.123Z' }
  const lines = [
    JSON.stringify({ ...head, agentId: w(), reason: `no ${number}`, msg: 'a part did not close' }),
    JSON.stringify({ ...head, code: 'disk-full', number, msg: "an agent's bridge was destroyed: it is made anew" }),
    JSON.stringify({ ...head, code: w(), msg: 'a part did not close' }),
    JSON.stringify({ ...head, code: 'disk-full', msg: `${w()} was called at ${number}` }),
    JSON.stringify({ ...head, level: Number(number.slice(1)), time: number, msg: 'a part did not close' }),
    `plain words of another program: ${number}`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

/** A database with people in it: leads, calls, words of agents, refusals, permissions. */
async function fill(file: string, { numbers, words, leadIds }: Planted): Promise<void> {
  const campaignId = `${words.at(-1)}-2`
  const opened = await openSqliteStore({ file })
  await opened.saveCampaign({ ...someCampaign(campaignId), name: `${words.at(-2)}` })
  await opened.close()
  const database = new Database(file)
  database.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('lead', ?)").run(leadIds)
  database.close()
  const store = await openSqliteStore({ file })
  try {
    await addPeople(store, campaignId, { numbers, words, leadIds })
  } finally {
    await store.close()
  }
}

async function addPeople(store: Store, campaignId: string, { numbers, words }: Planted): Promise<void> {
  const data = { name: `${words.at(-3)}`, note: `${words.at(-4)} ${numbers[7]}` }
  const [lead] = await importSome(store, campaignId, someLeads([1], { number: numbers[6] ?? '', data }))
  if (lead === undefined) throw new TypeError('there is a lead')
  const attempt = { ...attemptOf(lead, `${words.at(-5)}-1`), callerId: numbers[5] ?? '' }
  await store.beginAttempt(attempt)
  await store.endAttempt(endOf(attempt, { sipCallId: `${words.at(-6)}` }))
  await store.recordWrapUp({
    callId: attempt.callId,
    code: 'sale',
    note: `${words.at(-3)} ${numbers[7]}`,
    refusal: false,
  })
  const at = Date.now()
  await store.addDoNotCall({
    number: numbers[7] ?? '',
    list: 'company',
    source: 'operator',
    at,
    note: `${words.at(-4)}`,
  })
  const permission = { topics: ['spring'], channels: [], basis: 'express', how: `${words.at(-6)} by letter` } as const
  await store.addPermission({ ...permission, number: numbers[6] ?? '', givenAt: at, recordedAt: at })
}

/** The ways in which a text may stand in a file. */
function formsOf(value: string): readonly string[] {
  const digits = value.replace(/\D/g, '')
  const isNumber = digits.length >= 9
  const [area, exchange, line] = [digits.slice(1, 4), digits.slice(4, 7), digits.slice(7)]
  const written = isNumber ? [digits, digits.slice(1), [area, exchange, line].join(' ')] : []
  const plain = [
    value,
    value.toUpperCase(),
    encodeURIComponent(value),
    ...written,
    ...(isNumber ? [`${exchange}-${line}`] : []),
  ]
  return plain.flatMap(text => [
    text,
    Buffer.from(text).toString('base64').replace(/=*$/, ''),
    Buffer.from(text).toString('hex'),
  ])
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>(resolve => server.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : deadPort
}

async function report(place: Place): Promise<string> {
  const file = join(place.folder, 'support.json')
  const ran = await runLine(['--config', place.config, 'doctor', '--report', file, '--log', place.log])
  if (!ran.err.includes('look through it')) throw new TypeError(`no report: ${ran.err}`)
  return file
}

function leaksOf(text: string, { numbers, words, leadIds }: Planted): readonly string[] {
  const secret = [...numbers, ...words, String(leadIds + 1), `"${hostname()}"`, '127.83.12.9', '/tmp/']
  return secret.filter(value => formsOf(value).some(form => text.includes(form)))
}

t.test('nothing that is planted is in the bundle, whatever it is', async t => {
  await fc.assert(
    fc.asyncProperty(planted, async everything => {
      const place = writePlace(t, everything, deadPort)
      await fill(join(place.folder, 'dialwright.db'), everything)
      const text = readFileSync(await report(place), 'utf8')
      t.same(leaksOf(text, everything), [])
    }),
    { numRuns: 3, endOnFailure: true },
  )
})

t.test('a running daemon says how it goes, and no more', async t => {
  const [everything] = fc.sample(planted, 1)
  if (everything === undefined) throw new TypeError('one was asked for')
  const port = await freePort()
  const place = writePlace(t, everything, port)
  await fill(join(place.folder, 'dialwright.db'), everything)
  const terminal = createFakeTerminal()
  const serving = run(['--config', place.config, 'serve', '--grace', '1s'], terminal)
  await terminal.shows(/is ready|error:/)
  const started = await runLine(['--config', place.config, 'campaign', 'start', `${everything.words.at(-1)}-2`])
  t.equal(started.code, 0, started.err)
  const file = await report(place)
  terminal.signal('SIGTERM')
  await serving
  const text = readFileSync(file, 'utf8')
  t.same(leaksOf(text, everything), [])
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.match(JSON.parse(text), {
    dialwright: /^\d/,
    config: { nodes: [{ node: 'node-1', ami: { loopback: true, port: 9 } }], trunks: [{ callerIds: 1 }], agents: 1 },
    records: {
      campaigns: [
        { leads: { total: 1 }, newestCalls: { ends: [{ disposition: 'busy', sipCode: 486, calls: 1 }] } },
        { campaign: 'campaign-2' },
      ],
    },
    daemon: {
      nodes: [{ node: 'node-1', link: 'down' }],
      campaigns: [{ state: 'running', decisions: [{ reason: /^(no-agents|node-down)$/ }] }, { state: 'stopped' }],
      leads: [{ leads: 1, reasons: [{ leads: 1 }] }, { leads: 0 }],
    },
    log: {
      lines: 6,
      notOurs: 3,
      newest: [
        { message: 'a part did not close' },
        { code: 'disk-full', message: /^an agent's bridge/ },
        { message: 'a part did not close', code: '(left out)' },
      ],
    },
  })
  const { checks }: { checks: readonly { about: string; code?: string }[] } = JSON.parse(text)
  t.match(
    checks.find(({ code }) => code === 'ami-unreachable'),
    { about: 'PBX node-1 AMI', facts: { fault: 'ECONNREFUSED' } },
  )
})

t.test('a configuration that cannot be read gives a bundle that says so; a file that is there stays', async t => {
  const folder = tempFolder(t)
  const config = join(folder, 'dialwright.yaml')
  writeFileSync(config, 'nodes: +12125550199\n')
  const file = join(folder, 'support.json')
  t.match(await runLine(['--config', config, 'doctor', '--report', file]), { code: 1, err: /look through it/ })
  const text = readFileSync(file, 'utf8')
  t.match(JSON.parse(text), { checks: [{ about: 'config', result: 'fail', code: 'config-wrong' }] })
  t.notMatch(text, /555/)
  t.match(await runLine(['--config', config, 'doctor', '--report', file]), {
    code: 1,
    err: /is there already/,
    out: '',
  })
  t.equal(readFileSync(file, 'utf8'), text)
  const gone = ['doctor', '--report', join(folder, 'other.json'), '--log', join(folder, 'no.log')]
  t.match(await runLine(['--config', config, ...gone]), { code: 1, err: /no\.log cannot be read \(ENOENT\)/ })
})
