import t from 'tap'
import { countsOf, type LineCounts, qualityOf, verdictOf } from '../../src/web/phone/quality.ts'

const counts: LineCounts = {
  ...{ received: 0, lost: 0, jitterMs: 5, roundTripMs: 40, heard: 0.2, said: 0.2, path: 'host udp' },
}
const after = (more: Partial<LineCounts>): LineCounts => ({ ...counts, received: 1000, ...more })

const lights: readonly (readonly [string, Partial<LineCounts>, string])[] = [
  ['nothing is wrong', {}, 'good'],
  ['2 % are lost', { received: 980, lost: 20 }, 'fair'],
  ['5 % are lost', { received: 950, lost: 50 }, 'poor'],
  ['it comes unevenly', { jitterMs: 30 }, 'fair'],
  ['it comes very unevenly', { jitterMs: 60 }, 'poor'],
  ['it is far away', { roundTripMs: 400 }, 'fair'],
  ['it is farther away', { roundTripMs: 900 }, 'poor'],
  ['the way there is not known', { roundTripMs: undefined }, 'good'],
  ['nothing comes', { received: 0 }, 'silent'],
]
for (const [what, more, light] of lights)
  t.test(`a line is ${light} where ${what}`, async t => {
    t.equal(qualityOf(counts, after(more)).light, light)
  })

t.test('a line test names what is worst, and takes the loudest moment', async t => {
  const verdict = (more: Partial<LineCounts>, last: Partial<LineCounts> = more) =>
    verdictOf([counts, after(more), after(last)].map((look, at) => (at === 0 ? { ...look, heard: 0, said: 0 } : look)))
      ?.verdict
  t.equal(verdict({}, { said: 0, heard: 0 }), 'good')
  t.equal(verdict({ said: 0 }), 'no-microphone-sound')
  t.equal(verdict({ heard: 0 }), 'no-echo')
  t.equal(verdict({ received: 0, heard: 0 }), 'silent')
  t.equal(verdictOf([]), undefined)
})

t.test('what a browser counts is read by its own names', async t => {
  const report = [
    ['a', { type: 'inbound-rtp', packetsReceived: 9, packetsLost: 1, jitter: 0.02, audioLevel: 0.5 }],
    ['b', { type: 'media-source', audioLevel: 0.25 }],
    ['c', { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9, localCandidateId: 'x' }],
    ['d', { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.03, localCandidateId: 'l' }],
    ['l', { type: 'local-candidate', candidateType: 'relay', protocol: 'tcp' }],
  ] as const
  t.same(countsOf(report), {
    ...{ received: 9, lost: 1, jitterMs: 20, roundTripMs: 30, heard: 0.5, said: 0.25, path: 'relay tcp' },
  })
})
