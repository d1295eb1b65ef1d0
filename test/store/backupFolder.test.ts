// Where a backup grows: nothing of others goes for it, and a disk without room for it is left alone.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { errorCode } from '../../src/errors.ts'
import { checkRoom } from '../../src/store/sqlite/backup/partial.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'

t.test('a folder that is being made is removed when it is ours alone', async t => {
  const folder = t.testdir()
  const store = await openSqliteStore({ file: join(folder, 'live.db') })
  t.teardown(() => store.close())
  const [target, partial] = [join(folder, 'photos'), join(folder, 'photos.partial')]
  const backup = () => store.files.backup({ target, at: 1 }).then(() => 'made', errorCode)

  mkdirSync(partial)
  writeFileSync(join(partial, 'mine'), 'mine')
  t.equal(await backup(), 'file-exists')
  t.equal(readFileSync(join(partial, 'mine'), 'utf8'), 'mine')

  writeFileSync(join(partial, '.dialwright-partial'), '')
  t.equal(await backup(), 'made', 'what a crash cut off is not in the way')
  t.notOk(existsSync(partial))
  t.same(readdirSync(target).sort(), ['database.db', 'ledger', 'lists', 'manifest.json'])

  const elsewhere = join(folder, 'elsewhere')
  mkdirSync(elsewhere)
  symlinkSync(elsewhere, join(folder, 'link.partial'))
  await t.rejects(store.files.backup({ target: join(folder, 'link'), at: 1 }), { code: 'file-exists' })
  mkdirSync(join(folder, 'empty.partial'))
  await store.files.backup({ target: join(folder, 'empty'), at: 1 })
})

t.test('a disk that has no room for all, and some to spare, gets nothing', async t => {
  const mebibyte = 1024 * 1024
  const room = { folder: '/backup', bytes: 100 * mebibyte }
  checkRoom({ ...room, free: 164 * mebibyte })
  t.throws(() => checkRoom({ ...room, free: 164 * mebibyte - 1 }), {
    code: 'disk-full',
    message: /disk of \/backup has 164 MiB free, and the backup takes 100 MiB and 64 MiB to spare: free/,
  })
  const folder = t.testdir({ disk: {} })
  const disk = join(folder, 'disk')
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    t.comment('this user may not mount a small disk: the decision alone is tested above')
    return
  }
  const store = await openSqliteStore({ file: join(folder, 'live.db') })
  try {
    await t.rejects(store.files.backup({ target: join(disk, 'backup'), at: 1 }), { code: 'disk-full' })
    t.same(readdirSync(disk), [])
  } finally {
    await store.close()
    execFileSync('umount', [disk])
  }
})
