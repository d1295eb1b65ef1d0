// How a restored database takes the place of what is there: in an order that a power cut may end anywhere.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  type DatabaseEnding,
  databaseEndings,
  placingSteps,
  putInPlace,
} from '../../src/store/sqlite/backup/placing.ts'
import { tempFolder } from '../cli/support.ts'

t.test('a restore that is cut off anywhere leaves a database or the marker that says there was one', t => {
  const staged = ['', '-lists', '-ledger', '-marker'] as const
  const olds: readonly (readonly DatabaseEnding[])[] = [databaseEndings, ['', '-wal', '-shm'], [''], ['-marker'], []]
  for (const old of olds) {
    const names = new Map(old.map(ending => [ending, 'old']))
    for (const { what, ending } of placingSteps(old, staged)) {
      if (what === 'aside') names.delete(ending)
      if (what === 'place') t.notOk(names.has(ending), `${ending} has room`)
      if (what === 'place' || what === 'replace') names.set(ending, 'new')
      t.ok(names.has('') || names.has('-marker'), `${what} ${ending}`)
      if (names.get('') === 'new') t.same(new Set(names.values()), new Set(['new']), 'nothing is left of the old one')
    }
    t.same([...names.keys()].sort(), [...staged].sort())
  }
  t.end()
})

t.test('a restore that fails while it moves puts everything back', t => {
  for (const old of [databaseEndings, ['', '-lists']] as const) {
    const folder = tempFolder(t)
    const [file, staged] = [join(folder, 'live.db'), join(folder, 'new', 'live.db')]
    mkdirSync(join(folder, 'new'))
    for (const ending of old) writeFileSync(`${file}${ending}`, `old${ending}`)
    // The database itself is missing, which is moved last.
    for (const ending of ['-lists', '-ledger', '-marker']) writeFileSync(`${staged}${ending}`, `new${ending}`)
    const contents = () =>
      readdirSync(folder, { withFileTypes: true }).map(entry =>
        entry.isFile() ? readFileSync(join(folder, entry.name), 'utf8') : entry.name,
      )
    const before = contents()
    t.throws(() => putInPlace(file, { staged, at: 1 }), { code: 'ENOENT' })
    t.same(contents(), before)
    t.ok(readdirSync(join(folder, 'new')).includes('live.db-lists'))

    for (const ending of ['', '-marker']) writeFileSync(`${staged}${ending}`, `new${ending}`)
    const aside = putInPlace(file, { staged, at: 1 }) ?? ''
    for (const ending of old) t.equal(readFileSync(join(aside, `live.db${ending}`), 'utf8'), `old${ending}`)
    for (const ending of ['', '-lists', '-marker']) t.equal(readFileSync(`${file}${ending}`, 'utf8'), `new${ending}`)
  }
  t.end()
})
