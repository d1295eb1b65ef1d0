import t from 'tap'
import type { Input } from '../../src/core/inputs.ts'
import { replay } from '../../src/dialer/recorder.ts'
import { ofKind, testCampaign } from '../support/engineHarness.ts'

t.test(
  'a recording of an older version replays: its attempts were a campaign’s, its inventory was a picture',
  async t => {
    const open = {
      campaignId: 'spring',
      nodeId: 'pbx',
      trunkId: 'main',
      callerId: '+12125550100',
      originatedAt: -5_000,
    }
    const picture = { calls: [{ callId: 'rings', state: 'ringing' }], agents: [], unattended: [] }
    const recorded = [
      { kind: 'nodes', nodeIds: ['pbx'] },
      { kind: 'campaign-apply', settings: testCampaign },
      {
        kind: 'recovered',
        open: [
          { callId: 'rings', leadId: 1, number: '+12125550101', ...open },
          { callId: 'gone', leadId: 2, number: '+12125550102', ...open },
        ],
      },
      { kind: 'node-up', nodeId: 'pbx', picture, at: 10 },
      { kind: 'call-answered', callId: 'rings', at: 20 },
    ]
    // What a file holds is what that version wrote, whatever the types of today say.
    const inputs = recorded.map((input, now) => ({ now: now * 10, input: input as unknown as Input }))
    const steps = replay('old', inputs)
    const ended = ofKind(steps.flat(), 'attempt-ended').map(({ end }) => end)
    t.match(ended, [{ callId: 'gone', origin: 'campaign', leadId: 2, disposition: 'failed', detail: 'recovered' }])
    t.same(ofKind(steps.flat(), 'rejected'), [], 'the call that rings was adopted, and can be answered')
  },
)
