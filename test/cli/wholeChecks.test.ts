// What `doctor --all` finds when it reads everything.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import Database from 'better-sqlite3'
import t from 'tap'
import type { Check } from '../../src/cli/commands/doctor/checks.ts'
import { createImporter } from '../../src/import/importer.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { deadPort, runLine, tempFolder, writeConfig } from './support.ts'

t.test('doctor --all reads ledger and lists whole, and says what is not as it was written', async t => {
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: deadPort })
  const file = join(folder, 'dialwright.db')
  const store = await openSqliteStore({ file })
  for (const last of [1, 2, 3])
    await store.addDoNotCall({ number: `+1202555010${last}`, list: 'company', source: 'operator', at: last })
  await createImporter(store).importDoNotCall({
    ...{ list: 'bought', source: 'bought', kind: 'other', mode: 'full', defaultCountry: 'US' },
    stream: Readable.from([Buffer.from('+12025550111\n+12025550112\n')]),
  })
  await store.close()
  const checks = async (option: readonly string[] = ['--all']): Promise<readonly Check[]> => {
    const { out } = await runLine(['--config', config, '--json', 'doctor', ...option])
    const answer: { readonly checks: readonly Check[] } = JSON.parse(out)
    return answer.checks.filter(({ what }) => what === 'ledger' || what === 'lists')
  }
  t.match(await checks(), [
    { what: 'ledger', result: 'ok' },
    { what: 'lists', result: 'ok', says: '1 list read whole' },
  ])
  t.strictSame(await checks([]), [], 'a short look reads nothing whole')

  const lists = `${file}-lists`
  const [list = ''] = readdirSync(lists)
  const bytes = readFileSync(join(lists, list))
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
  writeFileSync(join(lists, list), bytes)
  const database = new Database(file)
  database.exec('DROP TRIGGER ledgerUpdate; UPDATE ledger SET at = at - 1 WHERE seq = 2')
  database.close()
  t.match(await checks(), [
    { what: 'ledger', code: 'ledger-changed', result: 'fail', says: /^entry 2: / },
    { what: 'lists', code: 'list-damaged', result: 'fail', says: /^bought: .*checksum/ },
  ])
})
