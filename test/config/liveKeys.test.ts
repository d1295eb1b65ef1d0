// Which key of the configuration counts while the daemon runs: one table, held against the schema and the document.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { configChanges, hiddenSecrets } from '../../src/config/configChange.ts'
import { configSchema } from '../../src/config/configFile.ts'
import { effectOf, keyEffects } from '../../src/config/liveKeys.ts'

interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

/** Every key of a schema, lists of groups as `name[]`. */
function keysOf(schema: Schema, at = ''): readonly string[] {
  if (schema.items?.properties !== undefined) return [`${at}[]`, ...keysOf(schema.items, `${at}[]`)]
  const inside = Object.entries(schema.properties ?? {})
  const keys = inside.flatMap(([name, part]) => keysOf(part, at === '' ? name : `${at}.${name}`))
  return at === '' ? keys : [at, ...keys]
}

// The compiler's type of the schema says more than is asked for here.
const keys = new Set(keysOf(configSchema as Schema))

t.test('every key of the schema is in the table, and nothing else is', t => {
  t.ok(keys.has('trunks[].callsPerSecond') && keys.has('nodes[].ami.secret'), 'the walk goes down')
  const leaves = [...keys].filter(key => ![...keys].some(other => other.startsWith(`${key}.`) || other === `${key}[]`))
  t.same(
    leaves.filter(key => effectOf(key) === undefined),
    [],
    'each has an effect, its own or of a key above',
  )
  t.same(
    Object.keys(keyEffects).filter(key => !keys.has(key)),
    [],
    'the schema knows each',
  )
  t.end()
})

t.test('the document says what the table says', t => {
  const text = readFileSync(new URL('../../docs/UPGRADE.md', import.meta.url), 'utf8')
  const rows = [...text.matchAll(/^\| `([^`]+)` \| (live|restart) \|/gm)].map(([, key, effect]) => [key, effect])
  t.same(Object.fromEntries(rows), keyEffects)
  t.end()
})

const before = {
  nodes: [{ id: 'pbx', ami: { user: 'a', secret: 'first' } }],
  trunks: [{ id: 'main', channels: 30, callsPerSecond: 10, dialString: 'PJSIP/{number}@a' }],
  agents: [{ id: '1001' }, { id: '1002', name: 'Bob' }],
  dayCaps: { calls: 10 },
}

t.test('what differs is told by the name that people find it under, with its effect', t => {
  const after = {
    nodes: [{ id: 'pbx', ami: { user: 'a', secret: 'second' } }],
    trunks: [
      { id: 'spare', channels: 2, callsPerSecond: 1, dialString: 'PJSIP/{number}@b' },
      { id: 'main', channels: 30, callsPerSecond: 20, dialString: 'PJSIP/{number}@a' },
    ],
    agents: [{ id: '1002', name: 'Robert' }],
    dayCaps: { calls: 10, zone: 'Europe/Paris' },
  }
  t.same(configChanges(before, after, ['campaigns']), [
    { key: 'nodes.pbx.ami.secret', effect: 'restart', before: '(not shown)', after: '(not shown)' },
    { key: 'trunks.main.callsPerSecond', effect: 'live', before: '10', after: '20' },
    { key: 'agents.1001.id', effect: 'live', before: '1001' },
    { key: 'agents.1002.name', effect: 'live', before: 'Bob', after: 'Robert' },
    { key: 'trunks.spare.id', effect: 'restart', after: 'spare' },
    { key: 'trunks.spare.channels', effect: 'restart', after: '2' },
    { key: 'trunks.spare.callsPerSecond', effect: 'restart', after: '1' },
    { key: 'trunks.spare.dialString', effect: 'restart', after: 'PJSIP/{number}@b' },
    { key: 'dayCaps.zone', effect: 'restart', after: 'Europe/Paris' },
  ])
  t.same(configChanges(before, structuredClone(before)), [])
  t.end()
})

t.test('where alarms are sent is not shown: the path may hold a token', t => {
  const alarms = (url: string) => ({ alarms: { webhook: { url, secretFile: 'alarms.secret' } } })
  t.same(configChanges(alarms('https://a.example/T0/first'), alarms('https://a.example/T0/second')), [
    { key: 'alarms.webhook.url', effect: 'restart', before: '(not shown)', after: '(not shown)' },
  ])
  t.end()
})

t.test('a secret whose file has another content is a change', t => {
  const holders = ({ ami = 'x', alarm = 'x', turn = 'x' }) => {
    const node = { nodeId: 'pbx', ami: { secret: ami }, ari: { secret: 'x' } }
    const webhook = { url: 'https://a.example/', secret: alarm }
    const phones = { stun: [], turn: { url: 'turn:a.example', secret: turn } }
    return { nodes: [node], api: {}, alarms: { webhook }, phones } as unknown as Parameters<typeof hiddenSecrets>[0]
  }
  const keysFor = (after: Parameters<typeof holders>[0]) =>
    hiddenSecrets(holders({}), holders(after), []).map(({ key }) => key)
  t.same(keysFor({}), [])
  t.same(keysFor({ ami: 'y', alarm: 'y', turn: 'y' }), [
    ...['nodes.pbx.ami.secret', 'phones.turn.secret', 'alarms.webhook.secret'],
  ])
  t.same(
    hiddenSecrets(holders({}), holders({ alarm: 'y' }), configChanges({ alarms: { webhook: { secret: 'x' } } }, {})),
    [],
    'told once',
  )
  t.end()
})
