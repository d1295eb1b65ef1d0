// `pbx install` on folders as operators have them: what it writes, what it refuses, and that nothing of it stays behind.
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runLine, tempFolder } from '../cli/support.ts'
import { contentsOf, debianTree, freepbxTree, writePbx } from './pbxTrees.ts'

const secret = 'a;b$&c--secret'

interface Pbx {
  readonly etc: string
  readonly sounds: string
  install(...more: readonly string[]): ReturnType<typeof runLine>
  uninstall(...more: readonly string[]): ReturnType<typeof runLine>
  read(path: string): string
}

function pbx(t: Test, tree: Readonly<Record<string, string>>): Pbx {
  const folder = tempFolder(t)
  const { etc, sounds } = writePbx(folder, tree)
  const secretFile = join(folder, 'pbx.secret')
  writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 })
  const where = ['--etc', etc]
  return {
    etc,
    sounds,
    install: (...more) =>
      runLine(['pbx', 'install', ...where, '--sounds', sounds, '--secret-file', secretFile, ...more]),
    uninstall: (...more) => runLine(['pbx', 'uninstall', ...where, ...more]),
    read: path => readFileSync(join(etc, path), 'latin1'),
  }
}

t.test("a PBX as Debian's package leaves it gets our part, once, and loses it without a trace", async t => {
  const { etc, sounds, install, uninstall, read } = pbx(t, debianTree)
  const before = contentsOf(etc)

  const shown = await install('--dry-run')
  t.equal(shown.code, 0, shown.err)
  t.match(shown.out, /^\+#include "dialwright\/extensions.conf"$/m)
  t.match(shown.out, /^\+capture_address = 127.0.0.1:9061$/m)
  t.notMatch(shown.out, secret)
  t.same(contentsOf(etc), before, 'a dry run writes nothing')
  t.match(await install(), { code: 1, err: /nothing was written: .*--yes/ }, 'nobody can be asked')
  t.same(contentsOf(etc), before)

  t.match(await install('--yes'), { code: 0, out: /written; copies .*are kept/ })
  t.match(read('http.conf'), /\[general\]\(\+\)\nenabled = yes\nsessionlimit = 1000\n/, 'no address: there is one')
  t.notMatch(read('manager.conf'), 'enabled = yes\n#include')
  t.match(read('dialwright/manager.conf'), 'secret = a\\;b$&c--secret\n', 'a semicolon would end it')
  t.ok(existsSync(join(sounds, 'dialwright/respect/zh/who.ulaw')))
  t.equal(statSync(join(etc, 'dialwright/ari.conf')).mode & 0o007, 0, 'passwords are not for everybody')
  t.equal(statSync(join(etc, 'dialwright')).mode & 0o777, 0o750, 'the PBX comes to them')
  t.equal(statSync(join(etc, 'dialwright/.install')).mode & 0o077, 0)

  const installed = contentsOf(etc)
  t.match(await install('--yes'), { code: 0, out: 'nothing to do' })
  t.same(contentsOf(etc), installed, 'a second time changes nothing')

  t.match(await uninstall('--yes'), { code: 0, out: /undone/ })
  t.same(contentsOf(etc), before, 'byte for byte')
  t.same(contentsOf(sounds), {})
  t.match(await uninstall('--yes'), { code: 1, err: /nothing in .* was written by/ })
})

t.test('what somebody has written since is told and not lost', async t => {
  const { etc, sounds, install, uninstall, read } = pbx(t, debianTree)
  await install('--yes')
  appendFileSync(join(etc, 'extensions.conf'), '[later]\nexten => 1,1,Hangup()\n')
  appendFileSync(join(etc, 'pjsip.conf'), '; later\n')
  t.match(await install('--yes', '--transport', '127.0.0.1:5099'), { code: 0 })
  appendFileSync(join(etc, 'dialwright/pjsip_agents.conf'), '[dw-1001](dialwright-agent)\n')
  writeFileSync(join(sounds, 'dialwright/nobody-free.ulaw'), 'my own voice')
  t.match(await install('--yes'), { code: 0, out: /nobody-free.ulaw stays: it is not ours\n.*nothing to do/s })
  writeFileSync(join(etc, 'dialwright/extensions.conf'), '; mine\n')
  t.match(await install('--yes'), {
    code: 1,
    err: /dialwright\/extensions.conf is not as it was installed: .*--replace/,
  })
  t.equal(read('dialwright/extensions.conf'), '; mine\n')
  t.match(await install('--yes', '--replace'), { code: 0 })
  t.match(read('dialwright/extensions.conf'), 'dialwright-answered')

  const undone = await uninstall('--yes')
  t.match(undone.out, /extensions.conf has changed since/)
  t.match(undone.out, /dialwright\/pjsip_agents.conf stays/)
  t.equal(read('extensions.conf'), `${debianTree['extensions.conf']}\n[later]\nexten => 1,1,Hangup()\n`)
  t.equal(read('pjsip.conf'), `${debianTree['pjsip.conf']}; later\n`, 'without the lines of either time')
  t.match(read('dialwright/pjsip_agents.conf'), 'dw-1001')
  t.same(contentsOf(sounds), { 'dialwright/nobody-free.ulaw': 'my own voice' })
  t.equal(read('dialwright/extensions.conf'), '; mine\n', 'what was replaced comes back')
  t.match(await install('--yes', '--replace'), { code: 0 })
})

t.test('a port that another program has is refused, and is ours once we are there', async t => {
  const folder = tempFolder(t)
  const { etc, sounds } = writePbx(folder, debianTree)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  const config = join(folder, 'dialwright.yaml')
  await runLine(['init', folder])
  writeFileSync(config, readFileSync(config, 'utf8').replace(':8088/', `:${port}/`))
  const line = ['--config', config, 'pbx', 'install', '--etc', etc, '--sounds', sounds]
  t.match(await runLine([...line, '--yes']), { code: 1, err: `port ${port} is taken by another program` })
  server.close()
  await once(server, 'close')
  const first = [...line, '--transport', '127.0.0.1:5070']
  t.match(await runLine(first, { tty: true, input: 'no\n' }), { code: 0, out: /nothing was written/ })
  t.match(await runLine(first, { tty: true, input: 'y\n' }), { code: 0, out: /written; copies/ })
  t.match(readFileSync(join(etc, 'http.conf'), 'utf8'), `bindport = ${port}\n`)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.match(await runLine(line), { code: 0, out: 'nothing to do' }, 'the transport stays, too')
  server.close()
})

t.test(
  'phones in memory stand behind what an existing sorcery.conf has, and a database of theirs is left alone',
  async t => {
    const sorcery =
      '[res_pjsip]\nauth=config,pjsip.conf,criteria=type=auth\naor=memory\nendpoint=realtime,ps_endpoints\n'
    const { etc, install, uninstall, read } = pbx(t, {
      ...debianTree,
      'sorcery.conf': sorcery,
      'rtp.conf': '[general]\nicesupport=no\n',
    })
    const before = contentsOf(etc)
    const shown = await install('--dry-run')
    t.match(shown.out, /^\+\[res_pjsip\]\(\+\)\n\+auth = memory\n\+; <<</m)
    t.match(shown.out, /sorcery.conf line 4 keeps each endpoint of PJSIP in realtime,ps_endpoints/)
    t.match(shown.out, /rtp.conf line 2 has icesupport = no: phones in browsers stay without sound/)
    t.match(await install('--yes'), { code: 0 })
    t.ok(read('sorcery.conf').startsWith(sorcery))
    t.match(await uninstall('--yes'), { code: 0 })
    t.same(contentsOf(etc), before)

    const bare = pbx(t, debianTree)
    t.match(await bare.install('--yes'), { code: 0 })
    t.match(bare.read('sorcery.conf'), /\n\[res_pjsip\]\nauth = config,pjsip.conf,criteria=type=auth\nauth = memory\n/)
  },
)

t.test('FreePBX keeps its own files: ours go where it lets others write', async t => {
  const { etc, install, uninstall, read } = pbx(t, freepbxTree)
  const before = contentsOf(etc)
  t.match(await install('--yes'), { code: 0, out: /fwconsole restart/ })
  const after = contentsOf(etc)
  const touched = Object.keys(after).filter(path => after[path] !== before[path] && !path.startsWith('dialwright/'))
  t.same(touched, [
    ...['ari_additional_custom.conf', 'extensions_custom.conf', 'hep.conf', 'http_custom.conf'],
    ...['manager_custom.conf', 'pjsip.endpoint_custom.conf', 'sorcery.conf'],
  ])
  t.match(
    read('extensions_custom.conf'),
    /exten => 1234.*\n; >>> dialwright.*\n#include "dialwright\/extensions.conf"\n/,
  )
  t.match(await uninstall('--yes'), { code: 0, out: /undone.*fwconsole restart/ })
  t.same(contentsOf(etc), before)

  writeFileSync(join(etc, 'ari.conf'), '[general]\nenabled=yes\n')
  t.match(await install('--yes'), { code: 1, err: /ari.conf does not include ari_additional_custom.conf/ })
  writeFileSync(join(etc, 'modules.conf'), '[modules]\nautoload=no\n')
  t.match(await install('--yes'), { code: 1, err: /modules.conf has autoload = no and does not load/ })
})

t.test('what contradicts ours is refused in one line that says what to do, and nothing is written', async t => {
  const refused: readonly (readonly [change: Record<string, string>, says: RegExp])[] = [
    [{ 'extensions.conf': '[dialwright-agents]\n' }, /extensions.conf line 1 has a context \[dialwright-agents\]/],
    [{ 'pjsip.conf': '[trunk-main]\ntype=aor\n' }, /pjsip.conf line 1 has a section \[trunk-main\]/],
    [{ 'manager.d/x.conf': '\n[dialwright]\n' }, /manager.d\/x.conf line 2 has a user \[dialwright\]/],
    [{ 'http.conf': '[general]\nenabled=yes\nbindport=8089\n' }, /http.conf has bindport 8089, and nodes \(ari.url\)/],
    [{ 'http.conf': '[general]\nenabled=yes\nprefix=pbx\n' }, /prefix "pbx".*write http:\/\/127.0.0.1:8088\/pbx\/ari/],
    [
      { 'hep.conf': '[general]\nenabled=yes\ncapture_address=10.0.0.5:9060\n' },
      /copies of SIP messages to 10.0.0.5:9060/,
    ],
    [{ 'modules.conf': '[modules]\nautoload=yes\nnoload=res_hep.so\n' }, /modules.conf line 3 keeps res_hep/],
    [
      { 'extensions.conf': '[general]\n;-- an end is missing\n' },
      /extensions.conf has a comment \(;--\) without an end/,
    ],
    [{ 'hep.conf': '; <<< dialwright\n' }, /hep.conf: the marks .* are damaged/],
  ]
  for (const [change, says] of refused) {
    const { etc, install } = pbx(t, { ...debianTree, ...change })
    const before = contentsOf(etc)
    const { code, err } = await install('--yes')
    t.equal(code, 1)
    t.match(err, says)
    t.equal(err.split('\n').length, 2, 'one line')
    t.same(contentsOf(etc), before)
  }
})

t.test('what the PBX has already is not written again', async t => {
  const { install, read } = pbx(t, {
    ...debianTree,
    'extensions.conf': '[general]\n;-- off --; \n#include "dialwright/extensions.conf"\n',
    'pjsip.conf': '#tryinclude <dialwright/pj*p.conf>\n',
    'hep.conf': '[general]\nenabled=yes\ncapture_address=127.0.0.1:9061\nuuid_type=call-id\n',
    'modules.conf': '[modules]\nautoload=no\nload=res_hep.so\n',
    'manager.conf': '[general]\nenabled=no\n',
  })
  t.match(await install('--yes'), { code: 0, out: /pjsip.conf has no transport/ })
  t.notMatch(read('extensions.conf'), '>>>')
  t.notMatch(read('pjsip.conf'), '>>>')
  t.notMatch(read('hep.conf'), '>>>')
  t.match(read('modules.conf'), /\[modules\]\(\+\)\n(load = [a-z0-9_]+\.so\n)+; <<</)
  t.notMatch(read('modules.conf'), 'load = res_hep.so')
  t.match(read('manager.conf'), 'enabled = yes\nbindaddr = 127.0.0.1\n', 'what we switch on listens to nobody else')
})

t.test('a secret is made where there is none, and one that cannot be written is refused', async t => {
  const folder = tempFolder(t)
  const { etc, sounds } = writePbx(folder, debianTree)
  const line = ['pbx', 'install', '--etc', etc, '--sounds', sounds, '--secret-file', join(folder, 'new/pbx.secret')]
  t.match(await runLine([...line, '--dry-run']), { code: 0 })
  t.notOk(existsSync(join(folder, 'new')), 'a dry run makes none')
  t.match(await runLine([...line, '--yes', '--transport', '0.0.0.0:5080']), { code: 0 })
  const made = readFileSync(join(folder, 'new/pbx.secret'), 'utf8').trim()
  t.match(readFileSync(join(etc, 'dialwright/ari.conf'), 'utf8'), `password = ${made}\n`)
  t.match(readFileSync(join(etc, 'pjsip.conf'), 'utf8'), '[dialwright-transport]\ntype = transport\n')
  writeFileSync(join(folder, 'new/pbx.secret'), 'two\n[general]\n')
  t.match(await runLine([...line, '--yes']), { code: 1, err: /nodes \(a[mr]i.secret\) cannot stand in Asterisk's/ })
  t.match(await runLine([...line, '--transport', 'everywhere']), { code: 2, err: /127.0.0.1:5060/ })
  mkdirSync(join(folder, 'empty'))
  t.match(await runLine(['pbx', 'uninstall', '--etc', join(folder, 'empty')]), {
    code: 1,
    err: /install Asterisk first/,
  })
})

t.test('what others have laid into the folder leads no writing elsewhere', async t => {
  const { etc, sounds, install } = pbx(t, debianTree)
  const victim = join(tempFolder(t), 'victim')
  writeFileSync(victim, 'as it was', { mode: 0o600 })
  mkdirSync(join(sounds, 'dialwright'))
  for (const file of [join(etc, 'manager.conf'), join(sounds, 'dialwright/nobody-free.ulaw')])
    symlinkSync(victim, `${file}.${process.pid}.part`)
  t.match(await install('--yes'), { code: 0 })
  t.equal(readFileSync(victim, 'utf8'), 'as it was')
  t.equal(statSync(victim).mode & 0o777, 0o600)
  t.equal(statSync(join(sounds, 'dialwright/nobody-free.ulaw')).mode & 0o777, 0o644, 'the PBX plays it')
  t.same(
    [...readdirSync(etc), ...readdirSync(join(sounds, 'dialwright'))].filter(name => name.endsWith('.part')),
    [`manager.conf.${process.pid}.part`, `nobody-free.ulaw.${process.pid}.part`],
    'ours are gone',
  )
})

t.test('a link is followed within the folder, and out of it when its maker may write there anyway', async t => {
  const { etc, install, read } = pbx(t, debianTree)
  const outside = join(tempFolder(t), 'manager.conf')
  mkdirSync(join(etc, 'kept'))
  renameSync(join(etc, 'http.conf'), join(etc, 'kept/http.conf'))
  symlinkSync('kept/http.conf', join(etc, 'http.conf'))
  renameSync(join(etc, 'manager.conf'), outside)
  symlinkSync(outside, join(etc, 'manager.conf'))
  t.match(await install('--yes'), { code: 0 })
  t.match(read('kept/http.conf'), '>>> dialwright')
  t.match(readFileSync(outside, 'latin1'), '>>> dialwright')
})

const cannotGive = process.getuid?.() === 0 ? false : 'only root makes links of others'

t.test(
  'a link of another that leads out of the folder is refused, a file or a folder',
  { skip: cannotGive },
  async t => {
    for (const [path, other] of [
      ['manager.conf', 'manager.conf'],
      ['dialwright', 'elsewhere'],
    ] as const) {
      const { etc, install } = pbx(t, debianTree)
      const outside = tempFolder(t)
      mkdirSync(join(outside, 'elsewhere'))
      writeFileSync(join(outside, 'manager.conf'), debianTree['manager.conf'] ?? '')
      if (existsSync(join(etc, path))) renameSync(join(etc, path), join(etc, `${path}.old`))
      symlinkSync(join(outside, other), join(etc, path))
      lchownSync(join(etc, path), 1, 1)
      const before = [contentsOf(etc), contentsOf(outside)]
      const { code, err } = await install('--yes')
      t.equal(code, 1)
      t.match(
        err,
        new RegExp(`${path} is a link that leads out of .*, to .*${other}, and is not root's: .*chown -h root`),
      )
      t.equal(err.split('\n').length, 2, 'one line')
      t.same([contentsOf(etc), contentsOf(outside)], before, 'nothing was written')
      lchownSync(join(etc, path), 0, 0)
      t.match(await install('--yes'), { code: 0 })
    }
  },
)
