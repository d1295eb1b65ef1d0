import t from 'tap'
import type { CampaignSettings } from '../../../src/core/campaigns/campaign.ts'
import { reasonsSettled, releasableReasons } from '../../../src/core/compliance/release.ts'
import { testCampaign } from '../../support/engineHarness.ts'

t.test('what a change of settings may have settled', async t => {
  const consent = ['consent-missing', 'consent-expired', 'consent-withdrawn']
  const hours = ['outside-calling-hours', 'outside-own-hours']
  const fatigue = ['fatigue-rest', 'fatigue-limit']
  const limit = {
    kind: 'attempts',
    ruleId: 'campaign/2-in-day',
    max: 2,
    window: { kind: 'day' },
    source: '',
    date: '',
  } as const
  const rows: readonly (readonly [Partial<CampaignSettings>, readonly string[]])[] = [
    [{}, []],
    [{ name: 'Summer' }, []],
    [{ listMix: [{ list: 'a', share: 1 }] }, []],
    [{ pacing: { ...testCampaign.pacing, dialLevelMax: 2 } }, []],
    [{ filter: 'age > 3' }, ['filtered-out']],
    [{ consent: 'required' }, consent],
    [{ callingHours: { ...testCampaign.callingHours, endMinute: 1200 } }, hours],
    [{ callingHours: { ...testCampaign.callingHours, weekdays: [1] } }, hours],
    [{ ringTimeoutMs: 20_000 }, hours],
    [{ setupTimeoutMs: 5_000 }, hours],
    [{ attemptLimits: [{ ...limit, per: 'number', across: 'all' }] }, ['attempts-limit']],
    [{ fatigue: { ...testCampaign.fatigue, limit: 20 } }, fatigue],
    [{ callerIds: ['+12125550102'] }, ['caller-identity']],
    [{ seller: { sellerId: 'acme', place: 'GB' } }, releasableReasons],
    [{ purpose: 'survey' }, releasableReasons],
    [{ topic: 'summer' }, releasableReasons],
    [{ voice: 'recorded' }, releasableReasons],
    [{ automation: ['dialing'] }, releasableReasons],
    [{ optOutNumber: '+18005550100' }, ['opt-out-missing']],
    [{ countries: ['US', 'CA'] }, ['country-not-allowed']],
    [{ filter: 'age > 3', consent: 'required' }, ['filtered-out', ...consent]],
  ]
  for (const [change, settled] of rows) {
    const found = reasonsSettled(testCampaign, { ...testCampaign, ...change })
    t.strictSame([...found].sort(), [...settled].sort(), JSON.stringify(change))
  }
})

t.test('a filter that is taken away settles as much as a new one; a campaign that is new settles nothing', async t => {
  t.strictSame(reasonsSettled({ ...testCampaign, filter: 'age > 3' }, testCampaign), ['filtered-out'])
  t.strictSame(reasonsSettled(undefined, testCampaign), [])
})

t.test("a lead's own rest is never among what can be released", async t => {
  const own = [
    'resting',
    'rest-after-abandonment',
    'rest-after-refusal',
    'do-not-call',
    'number-retired',
    'lead-finished',
  ]
  for (const reason of own) t.notOk((releasableReasons as readonly string[]).includes(reason), reason)
})
