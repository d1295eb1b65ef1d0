import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { Readable } from 'node:stream'
import t from 'tap'
import { ensureBuilt } from '../../scripts/lib/build.js'
import { copyPackages, copyShipped, shippedPaths } from '../../scripts/lib/shipped.js'

const shipped = shippedPaths()
/** Read by people, and by whoever sets up a PBX; not by these commands. */
const unread = ['LICENSE', 'README.md', 'asterisk-conf', 'docs']
/** The launcher looks whether it lies in a clone. */
const askedByLauncher = ['src']

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dialwright-shipped-')))
const program = join(folder, 'program')
const data = join(folder, 'data')
const trace = join(folder, 'trace')
const touched = new Set<string>()

t.before(async () => {
  await ensureBuilt()
  copyShipped(program)
  copyPackages(program)
  mkdirSync(data)
})
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

/** Starts a command of the shipped program in the folder of data; every path that it asks the kernel for is kept. */
function start(args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  const launcher = join(program, 'bin/dialwright.js')
  const traced = [
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-s',
    '4096',
    '-e',
    'trace=%file',
    '-o',
    trace,
    process.execPath,
    launcher,
    ...args,
  ]
  return spawn('strace', traced, { cwd: data, env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Waits for its end; answers exit code and what it said. `until` ends a daemon that has said that word. */
async function end(child: ReturnType<typeof start>, until?: string): Promise<{ code: number; said: string }> {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      const was = said
      said += text
      // The signal is for the traced process: the first to stand in the trace.
      if (until !== undefined && said.includes(until) && !was.includes(until))
        process.kill(Number.parseInt(readFileSync(trace, 'utf8'), 10), 'SIGTERM')
    })
  }
  const [code] = await once(child, 'close')
  for (const [, path = ''] of readFileSync(trace, 'utf8').matchAll(/^[^"]*"([^"]*)"/gm))
    if (path.startsWith(`${program}/`)) touched.add(relative(program, path))
  return { code, said }
}

const isListed = (path: string): boolean =>
  path.startsWith('node_modules') || shipped.some(listed => path === listed || path.startsWith(`${listed}/`))

t.test('what is shipped runs without the clone, and asks for nothing that is not shipped', async t => {
  t.match(await end(start(['init'])), { code: 0 })
  t.match(await end(start(['rules', 'list'])), { code: 0, said: /US-FTC/ })
  t.match(await end(start(['doctor'])), { code: 1, said: /configuration/ })
  const simulate = [
    'simulate',
    '--scenario',
    'memoryless-3-p25',
    '--policy',
    'progressive',
    '--seeds',
    '1',
    '--html',
    'page.html',
  ]
  t.match(await end(start(simulate)), { code: 0, said: /page\.html/ })
  t.match(await end(start(['serve', '--grace', '1s']), 'is ready'), { code: 0, said: /SIGTERM/ })

  const outside = [...touched].filter(path => !isListed(path) && !askedByLauncher.includes(path))
  t.same(outside, [], 'add it to "files" in package.json, or do not read it')
  const idle = shipped.filter(listed => ![...touched].some(path => path.split('/')[0] === listed))
  t.same(idle.sort(), unread, 'shipped and read')
})
