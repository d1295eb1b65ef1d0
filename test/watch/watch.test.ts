import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { type AlarmThresholds, defaultThresholds } from '../../src/core/alarms/alarm.ts'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { dayMs } from '../../src/core/time.ts'
import { createLog } from '../../src/log.ts'
import { loadRuleBook } from '../../src/rules/ruleBook.ts'
import { headProblem, tailProblem } from '../../src/store/ledger/tail.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { openWriter } from '../../src/store/sqlite/writer.ts'
import { certificateAt, tlsAddresses } from '../../src/watch/certificates.ts'
import { startWatch } from '../../src/watch/watch.ts'
import { testCampaign } from '../support/engineHarness.ts'

/** Made for this test alone: `openssl req -x509 -newkey ec ... -days 3650 -subj /CN=localhost`. It guards nothing. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgDfJ2tKShvKuaxppK
u8fNwbOAOZv7sSYSeHUycoUIv5GhRANCAATUhdJxNyE/i99HJH2QT5HfXK2Vm5Zu
qTsODHdTDmhcAr9UVx1/RTTIFctbTFdWv0PMEJPN0UEkavSI1gQyUPbY
-----END PRIVATE KEY-----`
const certificate = `-----BEGIN CERTIFICATE-----
MIIBmjCCAT+gAwIBAgIUFiy/9efiv4Ol7+keVSH/ncql3LcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2MTEzMDExNTc0MVoXDTM2MTEyNzEx
NTc0MVowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAE1IXScTchP4vfRyR9kE+R31ytlZuWbqk7Dgx3Uw5oXAK/VFcdf0U0yBXL
W0xXVr9DzBCTzdFBJGr0iNYEMlD22KNvMG0wHQYDVR0OBBYEFNo+Q4GUzon3+odv
/yLcEr8lqxAUMB8GA1UdIwQYMBaAFNo+Q4GUzon3+odv/yLcEr8lqxAUMA8GA1Ud
EwEB/wQFMAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAoGCCqGSM49
BAMCA0kAMEYCIQDTSltAGd4NV2lmcTR6DyWuTuGrnZSwlBR9JcPwYDcebgIhAMes
Tkv+lNTmaNpuVsy4JTH0oFDHDctWMoXYWFCaDXA7
-----END CERTIFICATE-----`
const validUntil = Date.UTC(2036, 10, 27, 11, 57, 41)
const noon = Date.UTC(2026, 10, 30, 12)
const log = createLog({ level: 'silent' })
const laws = createLawFinder(loadRuleBook({ overrides: [], profiles: {}, profilesWhere: '' }))

/** An address that shows the certificate. */
async function startTls(t: Test): Promise<string> {
  const server = createServer({ key, cert: certificate }, socket => void socket.on('error', () => {}))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  // Listening on a port, the address is an object.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A store whose ledger has a genesis and two entries a list. */
async function openStore(t: Test, entries: number) {
  const file = join(t.testdir(), 'dialwright.db')
  const writer = openWriter(file)
  const number = (index: number) => `+1202555${1000 + index}`
  const entry = { list: 'company', source: 'operator', at: noon } as const
  writer.apply(
    Array.from({ length: entries }, (_, index) => ({
      kind: 'add-do-not-call' as const,
      entry: { ...entry, number: number(index) },
    })),
  )
  writer.close()
  const store = await openSqliteStore({ file })
  t.teardown(() => store.close())
  return { file, store }
}

t.test('the certificates of https addresses alone are looked at, each once', async t => {
  t.same(
    tlsAddresses([
      ...['https://a.example/x', 'https://a.example:443/y', 'https://a.example:8089/ari', 'http://127.0.0.1:8088/ari'],
      ...['https://[::1]:9/x', 'no address'],
    ]),
    ['a.example:443', 'a.example:8089', '[::1]:9'],
  )
})

t.test('a certificate is told with its end and whether it is trusted; who shows none is nothing', async t => {
  const address = await startTls(t)
  const seen = await certificateAt(address)
  t.match(seen, { address, validUntil, refused: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  t.equal(await certificateAt('127.0.0.1:1'), undefined)
})

t.test('the newest entries of the ledger follow from each other, and what was seen stays', async t => {
  const { store } = await openStore(t, 5)
  const entries = await store.ledgerEntries(0, 100)
  t.ok(entries.length >= 5)
  t.equal(tailProblem(entries), undefined)
  t.equal(tailProblem(entries.slice(2)), undefined, 'what came before is not looked at')
  const changed = entries.map(one => (one.seq === 3 ? { ...one, at: one.at + 1 } : one))
  t.match(tailProblem(changed), /entry 3 does not follow/)
  t.match(tailProblem(entries.filter(({ seq }) => seq !== 3)), /between entries 2 and 4/)
  const [, , third] = entries
  const head = await store.ledgerHead()
  t.equal(headProblem(head, { head, same: entries.at(-1) }), undefined)
  t.match(headProblem(head, { head: { seq: 3, hash: '' }, same: third }), /was the newest and is gone/)
  t.match(headProblem({ seq: 3, hash: 'other' }, { head, same: third }), /entry 3 was rewritten/)
  t.equal(headProblem({ seq: 3, hash: 'other' }, { head, same: entries[3] }), undefined, 'it was moved out')
})

t.test('the watch tells what it has seen, and that the rest is not known', async t => {
  const { file, store } = await openStore(t, 5)
  const tampered = new Database(file)
  tampered.exec('DROP TRIGGER ledgerUpdate; UPDATE ledger SET at = at + 1 WHERE seq = 4')
  tampered.close()
  const address = await startTls(t)
  const thresholds: AlarmThresholds = { ...defaultThresholds, diskFreeMinBytes: Number.MAX_SAFE_INTEGER }
  const watch = startWatch({
    ...{ log, store, laws, folder: t.testdirName, urls: [`https://${address}/ari`], now: () => noon },
    campaigns: () => [{ settings: testCampaign, state: 'running' }],
    wrongTokens: () => 50,
  })
  t.teardown(() => watch.close())
  const look = () => watch.findings({ thresholds, isOn: () => false })
  t.match(look().unknown, [{ code: 'disk-low' }, { code: 'list-missing' }], 'nothing has been looked at yet')
  while (look().unknown.length > 0) await new Promise(resolve => setImmediate(resolve))
  const found = look().conditions.map(({ code, subject = '' }) => `${code} ${subject}`.trim())
  t.same(found.sort(), [`certificate-bad ${address}`, 'disk-low', 'ledger-broken', 'list-missing US', 'tokens-guessed'])
  t.match(look().conditions.find(({ code }) => code === 'ledger-broken')?.says, /entry 4 does not follow/)
})

t.test('zone data and rules that are a year old are told', async t => {
  const { store } = await openStore(t, 1)
  const watch = startWatch({
    ...{ log, store, laws, folder: t.testdirName, urls: [], now: () => noon + 400 * dayMs },
    ...{ campaigns: () => [], wrongTokens: () => 0 },
  })
  t.teardown(() => watch.close())
  const { conditions } = watch.findings({ thresholds: defaultThresholds, isOn: () => false })
  t.same(
    conditions.map(({ code }) => code).filter(code => code.endsWith('-old')),
    ['zone-data-old', 'rules-old'],
  )
})
