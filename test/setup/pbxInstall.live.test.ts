// `pbx install` on the configuration that Debian's package brings, with a real Asterisk and its owner's own extensions.
import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { asteriskCommand, sandboxRoot, startAsterisk, startCarrier, stopAsterisk } from '../../scripts/lib/index.js'
import { runLine } from '../cli/support.ts'
import { temporaryFolder } from '../support/sandbox.ts'
import { contentsOf } from './pbxTrees.ts'

const root = sandboxRoot()
const etc = join(root, 'etc/asterisk')
const sounds = join(root, 'usr/share/asterisk/sounds')
const folder = temporaryFolder()
const carrier = await startCarrier({ folder: join(folder.path, 'carrier') })
t.teardown(async () => {
  await carrier.stop()
  folder.remove()
})

/** Extensions that the PBX had before we came. */
const ownPhones = [1001, 1002, 1003]
const ownPjsip = ownPhones
  .map(
    id =>
      `[${id}]\ntype=endpoint\ncontext=own\nallow=ulaw\naors=${id}\nauth=${id}\n[${id}]\ntype=aor\nmax_contacts=1\n[${id}]\ntype=auth\nusername=${id}\npassword=own-${id}\n`,
  )
  .join('')
const ownDialplan = `[own]\nexten => _100X,1,Dial(PJSIP/\${EXTEN},20)\n`

/** The sandbox lays its own configuration over the package's: a second mount of the tree shows what is below. */
function putDebiansConfiguration(): void {
  const below = join(folder.path, 'below')
  mkdirSync(below)
  execFileSync('mount', ['--bind', root, below])
  try {
    for (const path of Object.keys(contentsOf(etc))) rmSync(join(etc, path))
    rmSync(join(etc, 'dialwright'), { recursive: true })
    cpSync(join(below, 'etc/asterisk'), etc, { recursive: true })
  } finally {
    execFileSync('umount', [below])
  }
  for (const path of Object.keys(contentsOf(join(sounds, 'dialwright')))) rmSync(join(sounds, 'dialwright', path))
}

t.test("on Debian's own configuration the PBX is as `doctor` wants it, and its owner's phones stay", async t => {
  await stopAsterisk()
  putDebiansConfiguration()
  appendFileSync(join(etc, 'pjsip.conf'), ownPjsip)
  appendFileSync(join(etc, 'extensions.conf'), ownDialplan)
  // Asterisk makes its identity from a network card, and here is none.
  appendFileSync(join(etc, 'asterisk.conf'), 'entityid = 02:00:00:00:00:01\n')
  execFileSync('chroot', [root, 'chown', '-R', 'asterisk:', '/etc/asterisk'])
  const before = contentsOf(etc)

  const config = join(folder.path, 'dialwright.yaml')
  t.equal((await runLine(['init', folder.path])).code, 0)
  const line = ['--config', config, 'pbx', 'install', '--etc', etc, '--sounds', sounds, '--yes']
  const installed = await runLine([...line, '--transport', '127.0.0.1:5060'])
  t.equal(installed.code, 0, installed.err)
  const trunks = join(etc, 'dialwright/pjsip_trunks.conf')
  writeFileSync(trunks, readFileSync(trunks, 'utf8').replace('sip:192.0.2.10:5060', 'sip:127.0.0.1:5070'))

  await startAsterisk()
  const examined = await runLine(['--config', config, 'doctor'])
  t.equal(examined.code, 0, examined.out)
  for (const what of ['AMI', 'ARI', 'modules', 'contexts'])
    t.match(examined.out, new RegExp(`^ok +PBX pbx1 ${what}`, 'm'))
  t.match(examined.out, /^ok +sounds of pbx1 +all there/m)
  t.match(examined.out, /^ok +SIP copies/m)
  const endpoints = await asteriskCommand('pjsip show endpoints')
  for (const name of ['1001', '1002', '1003', 'trunk-main']) t.match(endpoints, new RegExp(`Endpoint: +${name}`))
  t.match(await asteriskCommand('dialplan show own'), 'Dial')

  writeFileSync(trunks, readFileSync(trunks, 'utf8').replace('sip:127.0.0.1:5070', 'sip:192.0.2.10:5060'))
  t.equal((await runLine(['pbx', 'uninstall', '--etc', etc, '--yes'])).code, 0)
  t.same(contentsOf(etc), before, 'as it was')
})
