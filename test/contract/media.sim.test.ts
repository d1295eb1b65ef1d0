// The contract on the simulator's silent twin, in virtual time; and what a cut link means there.
import t from 'tap'
import { createSimulatedMedia } from '../../src/sim/world/media.ts'
import { type MediaHarness, mediaContract } from './media.ts'
import { createVirtualHarness } from './simHarness.ts'
import { answered, numberOf } from './telephony.ts'

async function createHarness() {
  const harness = await createVirtualHarness({ takeOverAfterMs: 600_000 })
  const { clock, telephony } = harness
  const media = createSimulatedMedia({ nodeId: 'sim', clock, legs: telephony.legs, fileMs: () => 2_000 })
  return { ...harness, media, slackMs: 0 } satisfies MediaHarness
}

mediaContract(t, await createHarness())

t.test(
  'where the link breaks, media ends as lost while the leg lives on, and can be had again with the link',
  async t => {
    const harness = await createHarness()
    const { media, telephony } = harness
    const leg = { kind: 'person', callId: await answered(harness, numberOf.answersAtOnce) } as const
    const tap = await media.tap({ leg, rate: 8_000, hear() {} })
    await harness.elapse(100)
    telephony.breakLink()
    t.strictSame(await tap.ended, { cause: 'lost', heardMs: 100 })
    await t.rejects(media.tap({ leg, rate: 8_000, hear() {} }), { code: 'unreachable' })
    telephony.restoreLink()
    await harness.elapse(100)
    const sound = { kind: 'file', name: 'dialwright/message' } as const
    const playback = await media.play({ leg, sound })
    await harness.elapse(2_000)
    t.strictSame(await playback.ended, { cause: 'done', playedMs: 2_000 }, "the PBX's own sounds have a length too")
    await telephony.close()
  },
)
