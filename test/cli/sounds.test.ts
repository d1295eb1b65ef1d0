// A campaign names sounds; whoever applies or starts it hears at once which of them the PBX does not have.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readSounds } from '../../src/daemon/telephonies.ts'
import { TelephonyError } from '../../src/errors.ts'
import type { NodeSounds, Telephony } from '../../src/ports/telephony.ts'
import { createHandMadePbx, startRig, token } from '../http/rig.ts'
import { runLine, tempFolder, writeConfig } from './support.ts'

/** A daemon whose PBX answers so, and a campaign's file. */
async function daemonWith(t: Test, answer: (names: readonly string[]) => readonly string[] | undefined) {
  const asked: { nodeIds: readonly string[]; names: readonly string[] }[] = []
  const sounds = async ({ nodeIds, names }: { nodeIds: ReadonlySet<string>; names: readonly string[] }) => {
    asked.push({ nodeIds: [...nodeIds], names })
    return [...nodeIds].map((nodeId): NodeSounds => ({ nodeId, missing: answer(names) }))
  }
  const rig = await startRig(t, { sounds })
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: Number(new URL(rig.url).port), token })
  const file = join(folder, 'spring.yaml')
  const respectLine = 'respectLine: { who: custom/who, source: custom/source }'
  writeFileSync(file, `id: spring\nmessage: custom/sorry\n${respectLine}\n`)
  return { asked, dw: (line: string) => runLine(['--config', config, ...line.split(' ')]), file }
}

t.test(
  'apply and start name each sound that is not there, its file and where it belongs, and refuse nothing',
  async t => {
    const { asked, dw, file } = await daemonWith(t, names => names.filter(name => name !== 'custom/who'))
    const applied = await dw(`campaign apply ${file}`)
    t.equal(applied.code, 0)
    for (const sound of ['custom/sorry', 'custom/source']) {
      const says = `warning: campaign spring plays ${sound}, which pbx1 does not have: as ${sound}.wav .*Asterisk's sounds`
      t.match(applied.err, new RegExp(says))
    }
    t.notMatch(applied.err, /custom\/who/)
    t.same(asked, [{ nodeIds: ['pbx1'], names: ['custom/sorry', 'custom/who', 'custom/source'] }])
    const started = await dw('campaign start spring')
    t.match(started, { code: 0, err: /warning: campaign spring plays custom\/sorry, which pbx1 does not have/ })
  },
)

t.test('a PBX that is away is named, and refuses nothing; one that has all is not spoken of', async t => {
  const away = await daemonWith(t, () => undefined)
  t.match(await away.dw(`campaign apply ${away.file}`), { code: 0, err: /whether pbx1 has its sounds is not known/ })
  const whole = await daemonWith(t, () => [])
  const { code, err } = await whole.dw(`campaign apply ${whole.file}`)
  t.equal(code, 0)
  t.notMatch(err, /warning|sounds/)
})

t.test('PBXs are asked for what is wanted of them alone; a link that is down is an answer', async t => {
  const has = (nodeId: string, missingSounds?: Telephony['missingSounds']): Telephony => ({
    ...createHandMadePbx(),
    nodeId,
    ...(missingSounds === undefined ? {} : { missingSounds }),
  })
  const down = new TelephonyError('unreachable', 'the link is down')
  const telephonies = [
    has('some', async names => names.slice(1)),
    has('down', () => Promise.reject(down)),
    has('simulated'),
    has('other', () => Promise.reject(new RangeError('nobody asks it'))),
  ]
  const nodeIds = new Set(['some', 'down', 'simulated'])
  t.strictSame(await readSounds(telephonies, { nodeIds, names: ['a', 'b'] }), [
    { nodeId: 'some', missing: ['b'] },
    { nodeId: 'down', missing: undefined },
    { nodeId: 'simulated', missing: [] },
  ])
})
