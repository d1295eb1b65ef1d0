// The tests' own ground: what nobody catches must make its test red, and let the others go on.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'

const file = `import t from 'tap'
const after = ms => new Promise(resolve => setTimeout(resolve, ms))
t.test('throws late', async () => {
  setTimeout(() => { throw new Error('late') }, 1)
  await after(50)
})
t.test('rejects', async t => {
  await t.test('inside', async () => {
    void Promise.reject(new Error('rejected'))
    await after(50)
  })
})
t.test('outer', async t => {
  await t.test('ended', async () => setTimeout(() => { throw new Error('orphan') }, 10))
  await after(50)
})
t.test('fine', async t => t.ok(true))
`

t.test('an error that nobody catches makes the test red in which it began, or the one around it', async t => {
  const folder = t.testdir({ 'file.test.mjs': file })
  const args = ['--import=./test/support/typescript/register.js', join(folder, 'file.test.mjs')]
  const { stdout } = await promisify(execFile)(process.execPath, args).catch(error => error)
  const told = [...stdout.matchAll(/^ *(not ok|ok) \d+ - (\w.*?)(?: # .*)?$/gm)].map(
    ([, how, what]: string[]) => `${how}: ${what}`,
  )
  const red = ['late', 'throws late', 'rejected', 'inside', 'rejects', 'orphan', 'outer'].map(what => `not ok: ${what}`)
  for (const line of [...red, 'ok: ended', 'ok: fine']) t.ok(told.includes(line), `${line}, in ${told.join(', ')}`)
})
