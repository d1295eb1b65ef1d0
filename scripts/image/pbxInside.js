// Runs the images of compose.yaml's PBX and daemon beside each other, with the mounts that compose.yaml gives them and set up as
// docs/INSTALL.md says, and has somebody called. Every step says what it saw; the first that is wrong ends it.
import { appendFileSync, chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopAsterisk } from '../lib/asterisk.js'
import { exitOnFailure } from '../lib/failure.js'
import { ASTERISK_CONF } from '../lib/paths.js'
import { chownTree } from '../lib/sandboxConfig.js'
import { SETTINGS } from '../lib/sandboxSettings.js'
import { IMAGE, PBX_IMAGE } from './build.js'
import { createBuildah } from './buildah.js'
import { createContainer, createDaemonContainer, UID } from './container.js'
import { changeText, expect, say, wrong } from './steps.js'
import { talkOnce } from './talks.js'

/** @import { Container } from './container.js' */

/** The user of the PBX's image, in the group of the secrets. */
const PBX_USER = `10002:${UID}`
const PBX_UID = 10002
const OWN = { uid: UID, gid: UID }
/** What compose.yaml lets it write to; everything else is read-only there. */
const WRITABLE = ['etc', 'run', 'var/log', 'var/spool', 'var/cache', 'var/lib'].map(folder => `/${folder}/asterisk`)
const BOOTS_WITHIN_MS = 120_000
const AGENT = 'dw-1001'
const AGENTS_SECRET = 'invented-for-the-test'

exitOnFailure(main(process.argv[2] ?? ''))

/** @param {string} storage */
async function main(storage) {
  // The containers' own PBX has the ports now.
  await stopAsterisk()
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-compose-'))
  chmodSync(folder, 0o755)
  const buildah = createBuildah(storage)
  const [config, data] = [ownFolder(join(folder, 'config'), UID), ownFolder(join(folder, 'data'), UID)]
  try {
    const daemons = { image: IMAGE, config, data }
    await setUp(config, await createDaemonContainer(buildah, { ...daemons, config: data, data: config }))
    const pbx = await createContainer(buildah, { image: PBX_IMAGE, ...pbxPlaces(folder, config) })
    const running = await boot(pbx)
    await look(pbx)
    const daemon = await createDaemonContainer(buildah, daemons)
    await talkOnce(daemon, { folder, config, phone: { name: AGENT, secret: AGENTS_SECRET } })
    await daemon.remove()
    running.signal('SIGTERM')
    expect('SIGTERM of the PBX', await running.ended, /^/)
    await pbx.remove()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} path
 * @param {number} uid
 */
function ownFolder(path, uid) {
  mkdirSync(path, { mode: 0o750, recursive: true })
  chownSync(path, uid, uid)
  return path
}

/**
 * `config/` as docs/INSTALL.md has it made, with a carrier and an agent written into it.
 * @param {string} config
 * @param {Container} container
 */
async function setUp(config, container) {
  expect('init', await container.dialwright('init', '--store', '/data/dialwright.db'), /written: .*pbx\.secret/)
  await container.remove()
  const own = join(config, 'asterisk/dialwright')
  mkdirSync(own, { recursive: true })
  cpSync(join(ASTERISK_CONF, 'pjsip.conf'), join(config, 'asterisk/pjsip.conf'))
  const shipped = join(ASTERISK_CONF, 'dialwright')
  for (const name of readdirSync(shipped).filter(each => each.startsWith('pjsip_')))
    cpSync(join(shipped, name), join(own, name))
  changeText(join(own, 'pjsip_trunks.conf'), text =>
    text.replaceAll('192.0.2.10:5060', SETTINGS.carrier).replaceAll('192.0.2.10', '127.0.0.1'),
  )
  appendFileSync(
    join(own, 'pjsip_agents.conf'),
    `[${AGENT}](dialwright-agent)\naors = ${AGENT}\nauth = ${AGENT}\n[${AGENT}](dialwright-agent-aor)\n` +
      `[${AGENT}](dialwright-agent-auth)\nusername = ${AGENT}\npassword = ${AGENTS_SECRET}\n`,
  )
  chownTree(join(config, 'asterisk'), OWN)
  for (const name of ['pbx.secret', 'dialwright.token']) chmodSync(join(config, name), 0o440)
}

/**
 * The mounts that compose.yaml has.
 * @param {string} folder
 * @param {string} config
 */
function pbxPlaces(folder, config) {
  const own = WRITABLE.map(path => `${ownFolder(join(folder, 'pbx', path), PBX_UID)}:${path}`)
  const given = [`${join(config, 'asterisk')}:/config:ro`, `${join(config, 'pbx.secret')}:/run/secrets/pbx.secret:ro`]
  const numbers = { inside: '/run/asterisk', outside: join(folder, 'pbx/run/asterisk') }
  return { mounts: [...own, ...given], numbers, user: PBX_USER }
}

/** @param {Container} pbx */
async function boot(pbx) {
  const running = pbx.start()
  const deadlineAt = Date.now() + BOOTS_WITHIN_MS
  for (;;) {
    const { code, output } = await pbx.health()
    if (code === 0 && output.includes('fully booted')) break
    if (Date.now() > deadlineAt) wrong('PBX', `${running.output()} ${output}`)
    await sleep(200)
  }
  say('PBX', 'fully booted')
  return running
}

/** As whom it runs, and that it owns nothing beyond what compose.yaml lets it write to. @param {Container} pbx */
async function look(pbx) {
  const { output: user } = await pbx.run('stat', '-c', '%u', '/run/asterisk/asterisk.ctl')
  if (user.trim() !== String(PBX_UID)) wrong('user', user)
  const { output } = await pbx.run('sh', '-c', `find / -xdev -user ${PBX_UID} -not -path '/proc/*'`)
  const more = output.split('\n').filter(path => path.startsWith('/') && !WRITABLE.some(own => path.startsWith(own)))
  if (more.length > 0) wrong('writable', more.slice(0, 5).join(' '))
  say('user', `${PBX_UID}, who owns nothing but what compose.yaml gives them`)
}
