// `users` and `tokens`: the same beside a running daemon and without one.
import { join } from 'node:path'
import t from 'tap'
import { run } from '../../src/cli/main.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { startRig, token } from '../http/rig.ts'
import { logInAs } from '../http/users.ts'
import { createFakeTerminal, deadPort, runLine, tempFolder, writeConfig } from './support.ts'

const password = 'four words are enough'

t.test('without a daemon the database itself is asked, under its lock', async t => {
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: deadPort, token })
  const line = (...args: string[]) => runLine(['--config', config, ...args], { input: `${password}\n` })
  t.match(await line('users', 'add', 'ann', '--role', 'admin'), { code: 1, err: /no database/ })
  await (await openSqliteStore({ file: join(folder, 'dialwright.db') })).close()

  const added = await line('users', 'add', 'ann', '--role', 'admin')
  t.match(added, {
    code: 0,
    out: /^ann \(admin\) sets their password here.*\nhttp:\/\/127.0.0.1:61999\/setup#[\w-]{43}\n$/,
  })
  t.match(await line('users', 'password', 'ann'), { code: 0, out: 'ann has a new password\n' })
  t.match(await line('tokens', 'create', 'crm', '--right', 'see-calls'), { code: 0, out: /^dw_[\w-]{43}\n$/ })

  const store = await openSqliteStore({ file: join(folder, 'dialwright.db') })
  const entries = (await store.ledgerEntries(0, 100)).filter(({ kind }) => kind === 'access')
  await store.close()
  t.match(
    entries.map(({ entry }) => JSON.parse(entry)),
    [{ event: 'added', user: 'ann', by: 'local' }, { event: 'password-set' }],
  )
})

t.test('beside a daemon every command does what it says, or says what to do', async t => {
  const { url } = await startRig(t)
  const config = writeConfig(tempFolder(t), { port: Number(new URL(url).port), token })
  const line = (...args: string[]) => runLine(['--config', config, ...args], { input: `${password}\n` })
  t.match(await line('users', 'list'), { code: 0, out: /nobody can log in yet/ })
  await line('users', 'add', 'ann', '--role', 'admin')
  t.match(await line('users', 'invite', 'ann', '--json'), { out: /"link":"http/ })
  t.match(await line('users', 'password', 'ann'), { code: 0, out: 'ann has a new password\n' })
  t.match(await line('users', 'list'), { out: /ann +admin +sees numbers/ })
  t.match(await line('users', 'add', 'sam', '--role', 'supervisor'), {
    code: 1,
    err: /name those of sam \(--campaign\)/,
  })
  t.match(await line('users', 'add', 'sam', '--role', 'king'), { code: 2, err: /use one of admin, supervisor/ })
  t.match(await line('users', 'add', 'sam', '--role', 'supervisor', '--campaign', 'spring', 'autumn', '--no-numbers'), {
    code: 0,
  })
  t.match(await line('users', 'show', 'sam'), { out: /sam +supervisor +spring autumn +no password, link until/ })
  t.match(await line('users', 'change', 'sam', '--disable', '--enable'), { code: 2, err: /contradict/ })
  t.match(await line('users', 'change', 'sam', '--disable'), { out: /disabled/ })
  t.match(await line('users', 'remove', 'ann'), { code: 1, err: /only admin/ })
  t.match(await line('users', 'remove', 'sam', '--json'), { out: '{"removed":"sam"}\n' })
  const made = await line('tokens', 'create', 'crm', '--right', 'see-calls', '--campaign', 'spring')
  t.match(made, { code: 0, out: /^dw_[\w-]{43}\n$/, err: /not shown again/ })
  t.match(await line('tokens', 'create', 'crm', '--right', 'fly'), {
    code: 2,
    err: /there is no right fly: use see-status,/,
  })
  t.match(await line('tokens', 'list'), { out: /crm +see-calls +spring +until .* local/ })
  t.match(await line('tokens', 'revoke', 'crm'), { code: 0 })
  t.match(await line('tokens', 'revoke', 'crm'), { code: 1, err: /there is no token crm/ })
})

t.test('beside a daemon it is asked, and whoever is invited can log in', async t => {
  const { url } = await startRig(t)
  const config = writeConfig(tempFolder(t), { port: Number(new URL(url).port), token })
  const line = (...args: string[]) => runLine(['--config', config, ...args], { input: `${password}\r\nmore\n` })
  const { out } = await line('users', 'add', 'kim', '--role', 'agent', '--agent', '1001', '--json')
  const { link } = JSON.parse(out) as { link: string }
  const answer = await fetch(`${url}/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ link: new URL(link).hash.slice(1), password: 'another four words' }),
  })
  t.equal(answer.status, 200, await answer.text())
  await logInAs(url, { name: 'kim', password: 'another four words' })
  t.match(await line('users', 'list'), { out: /kim +agent +1001 +logged in \(1\)/ })
  t.match(await line('users', 'password', 'kim'), { code: 0 })
  await logInAs(url, { name: 'kim', password })
  t.match(await line('tokens', 'create', 'crm', '--right', 'see-calls', '--days', '400'), { code: 2 })
  t.match(await line('users', 'no-codes', 'nobody'), { code: 1, err: /there is no user nobody/ })
})

t.test('a password is typed unseen, twice, and can be broken off', async t => {
  const { url } = await startRig(t)
  const config = writeConfig(tempFolder(t), { port: Number(new URL(url).port), token })
  await runLine(['--config', config, 'users', 'add', 'ann', '--role', 'admin'])
  const type = async (...lines: readonly string[]) => {
    const terminal = createFakeTerminal({ tty: true })
    const done = run(['--config', config, 'users', 'password', 'ann'], terminal)
    await terminal.shows(/New password of ann/)
    terminal.press(lines[0] ?? '')
    if (lines[1] !== undefined) {
      await terminal.shows(/Once more/)
      terminal.press(lines[1])
    }
    return { code: await done, ...terminal.written }
  }
  const right = await type(`${password}x\u007f\r`, `${password}\r`)
  t.match(right, { code: 0, out: /new password/ })
  t.notMatch(right.out + right.err, /four/)
  await logInAs(url, { name: 'ann', password })
  t.match(await type(`${password}\r`, 'other words than these\r'), { code: 1, err: /differ: nothing was changed/ })
  t.match(await type('four\u0003'), { code: 1, err: /broken off/ })
})
