import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ensureCommands } from '../../scripts/lib/apt.js'
import { secretFilesOf } from '../../src/config/secretFiles.ts'
import { openToGroup, planService, type ServiceOrder, writeService } from '../../src/setup/service/install.ts'
import { unitText } from '../../src/setup/service/unit.ts'
import { tempFolder } from '../cli/support.ts'

/** Of `systemd-analyze security`, from 0 (nothing is exposed) to 10. */
const exposureMax = 2

const paths = {
  node: '/usr/bin/node',
  launcher: '/usr/lib/node_modules/dialwright/bin/dialwright.js',
  config: '/etc/dialwright/dialwright.yaml',
  writable: [],
}

/** What systemd has to say against a unit. */
function verified(file: string): string {
  const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
  return stdout + stderr
}

t.before(() => ensureCommands({ 'systemd-analyze': 'systemd' }))

t.test('the unit exposes little, and systemd has nothing to say against it', async t => {
  const file = join(tempFolder(t), 'dialwright.service')
  writeFileSync(file, unitText({ ...paths, node: '/bin/sh', launcher: '/bin/sh' }))
  const said = execFileSync('systemd-analyze', ['security', '--offline=yes', '--no-pager', file], { encoding: 'utf8' })
  const exposure = Number(/exposure level for dialwright.service: ([\d.]+)/.exec(said)?.[1])
  t.ok(exposure <= exposureMax, `exposure ${exposure}`)
  t.equal(verified(file), '')
})

t.test('the service may do what the daemon does', t => {
  t.match(unitText(paths), /^SystemCallFilter=setpriority$/m, 'threads with time step behind the dialing')
  t.notMatch(unitText(paths), /^MemoryDenyWriteExecute=yes/m, 'V8 compiles')
  t.end()
})

t.test('paths mean in the unit what they are', async t => {
  const text = unitText({ ...paths, config: '/etc/my "dial%s" $HOME.yaml' })
  t.match(text, `ExecStart=/usr/bin/node ${paths.launcher} --config "/etc/my \\"dial%%s\\" $$HOME.yaml" serve`)
  const file = join(tempFolder(t), 'dialwright.service')
  const program = { ...paths, node: '/bin/sh', launcher: '/bin/sh' }
  const writable = ['/mnt/my "other" 100% \\disk', '/mnt/third']
  writeFileSync(file, unitText({ ...program, writable }))
  t.match(readFileSync(file, 'utf8'), String.raw`ReadWritePaths="/mnt/my \"other\" 100%% \\disk"`)
  t.match(readFileSync(file, 'utf8'), /^ReadWritePaths=\/mnt\/third$/m)
  t.equal(verified(file), '', 'systemd reads one path')
  t.throws(() => unitText({ ...paths, config: '/etc/x\n[Service]' }), { code: 'not-writable' })
})

t.test('the service is written once, and refused where it could not run', async t => {
  const root = tempFolder(t)
  const order: ServiceOrder = { ...paths, root, writes: ['/var/lib/dialwright/dialwright.db'] }
  t.throws(() => planService(order), { code: 'no-systemd' })
  mkdirSync(join(root, 'etc/systemd/system'), { recursive: true })
  t.throws(() => planService({ ...order, writes: ['/etc/dialwright/dialwright.db'] }), { code: 'not-for-service' })
  t.throws(() => planService({ ...order, node: '/root/.nvm/bin/node' }), { code: 'not-for-service' })
  const files = planService(order)
  writeService(files)
  t.match(
    readFileSync(join(root, 'etc/sysusers.d/dialwright.conf'), 'utf8'),
    /^u dialwright - .* \/var\/lib\/dialwright$/m,
  )
  t.same(
    planService(order).map(({ what }) => what),
    ['same', 'same'],
  )
  const elsewhere = planService({ ...order, journal: '/mnt/other/dialwright.journal' })
  t.match(elsewhere[1]?.text, /^ReadWritePaths=\/mnt\/other$/m)
  for (const journal of ['/tmp/journal', '/home/ann/journal', '/journal'])
    t.throws(() => planService({ ...order, journal }), { code: 'not-for-service' })
  t.notMatch(planService({ ...order, journal: '/var/lib/dialwright/journal' })[1]?.text, /ReadWritePaths/)
  const unit = files[1]?.path ?? ''
  writeFileSync(unit, '# mine\n')
  writeService(planService(order))
  t.equal(readFileSync(`${unit}.before`, 'utf8'), '# mine\n')
})

t.test(
  'the service may read the secrets under the names of the configuration, and takes none from another group',
  async t => {
    const folder = tempFolder(t)
    const file = join(folder, 'dialwright.yaml')
    const named = { ami: 'ami.key', ari: '/etc/other/ari.key', token: 'api.key', webhook: 'hook.key' }
    const document = {
      nodes: [{ id: 'pbx', ami: { user: 'd', secretFile: named.ami }, ari: { user: 'd', secretFile: named.ari } }],
      ...{
        trunks: [],
        api: { tokenFile: named.token },
        alarms: { webhook: { url: 'https://x.example', secretFile: named.webhook } },
      },
    }
    const own = ['ami.key', 'api.key', 'hook.key'].map(name => join(folder, name))
    t.strictSame([...secretFilesOf({ file, document })].sort(), ['/etc/other/ari.key', ...own].sort())
    for (const [at, path] of own.entries()) writeFileSync(path, 'x', { mode: at === 2 ? 0o640 : 0o600 })
    const [ami = '', api = '', hook = ''] = own
    const { gid } = statSync(ami)
    // Only root may give files away; whoever else runs this has one group for all.
    const [service, others] = process.getuid?.() === 0 ? [4711, 4712] : [gid, gid]
    chownSync(hook, process.getuid?.() ?? 0, others)
    t.strictSame(openToGroup(own, service), service === others ? [] : [hook])
    const seen = (path: string) => [statSync(path).gid, statSync(path).mode & 0o777]
    t.strictSame(
      [seen(ami), seen(api), seen(hook)],
      [
        [service, 0o640],
        [service, 0o640],
        [others, 0o640],
      ],
    )
  },
)
