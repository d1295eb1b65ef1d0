import t from 'tap'
import { campaignSettings } from '../../../src/config/campaignFile.ts'
import { createLawFinder } from '../../../src/core/compliance/law.ts'
import { abandonmentLaw, lawfulPacing } from '../../../src/core/pacing/lawful.ts'
import { shippedRules } from '../../support/compliance.ts'

const defaults = { trunks: [{ trunkId: 'main', callerIds: ['+12125550100'] }] }
const now = Date.parse('2026-11-25T12:00:00-05:00')

/** Names of the windows that a campaign without windows of its own is held to. */
function windows(place: string, more: object = {}): readonly string[] {
  const settings = campaignSettings({ id: 'spring', message: 'm', seller: { id: 'a', place }, ...more }, defaults)
  const rules = abandonmentLaw(createLawFinder(shippedRules), settings, { places: [place], now })
  return (lawfulPacing(settings, rules).abandonmentWindows ?? []).map(({ name }) => name)
}

t.test(
  'the windows are those of the laws that hold, and life; a day only where no law gives one or wants it',
  async t => {
    t.ok(!windows('US').includes('24h'))
    t.ok(windows('US').includes('life'))
    t.equal(windows('US').length, 2, 'two authorities say the same')
    t.same(windows('GB'), ['life', 'UK-Ofcom/abandonment'])
    t.same(windows('US', { purpose: 'survey' }), ['24h', 'life'], 'no law gives a window')
    const own = { pacing: { abandonmentWindows: [{ name: '24h', lengthMs: 86_400_000 }] } }
    t.equal(windows('US', own)[0], '24h', "the campaign's own stay")
  },
)

t.test('what the pacing does by itself cannot be denied', async t => {
  const make = (more: object) => () => campaignSettings({ id: 'spring', message: 'm', ...more }, defaults)
  t.throws(make({ automation: ['dialing'] }), /lacks selection, which predictive pacing does by itself/)
  t.throws(make({ automation: ['selection'], pacing: { mode: 'progressive' } }), /lacks dialing/)
  t.same(make({ automation: ['dialing'], pacing: { mode: 'progressive' } })().automation, ['dialing'])
  const preview = (more: object) => make({ pacing: { mode: 'preview' }, ...more })
  t.same(preview({ automation: ['selection'] })().automation, ['selection'], 'a person dials')
  t.throws(preview({ automation: ['dialing'] }), /lacks selection, which preview pacing does by itself/)
  t.throws(preview({ automation: ['selection'], preview: { timeUp: 'call' } }), /lacks dialing/, 'time dials')
  t.throws(preview({ voice: 'recorded' }), /voice is recorded, and in the mode preview an agent speaks/)
  t.throws(preview({ preview: { decide: '1s' } }), /preview.decide must be from 5s to 10m/)
  t.same(make({ pacing: { mode: 'manual' } })().automation, undefined, 'what its mode does')
  t.throws(make({ voice: 'recorded', optOutNumber: '+12125550100' }), /no toll-free number/)
  t.throws(make({ optOutNumber: '+18005550100' }), /set voice to recorded or artificial/)
  t.equal(make({ voice: 'recorded', optOutNumber: '+18005550100' })().voice, 'recorded')
})
