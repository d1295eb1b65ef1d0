// What binds: the laws as loaded, those of a place or a campaign, and what they say to one number now.
import t, { type Test } from 'tap'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { loadRuleBook } from '../../src/rules/ruleBook.ts'
import { dialingRig, type Rig } from './rig.ts'

const overrides = [
  {
    where: 'a.yaml:1',
    rule: 'US-FTC/hours',
    by: 'Ann Example',
    reason: 'counsel',
    set: { hours: { 'mon-sat': '11:00-20:00', sun: 'none' } },
  },
  { where: 'a.yaml:2', rule: 'US-FTC/records', by: 'Ann Example', reason: 'kept elsewhere', off: true as const },
]

async function rigWithLaws(t: Test): Promise<Rig> {
  return dialingRig(t, { laws: createLawFinder(loadRuleBook({ overrides })) })
}

t.test('the jurisdictions are listed, with who has changed them and what nobody has read', async t => {
  const rig = await rigWithLaws(t)
  const { status, body } = await rig.call('GET', '/v1/rules')
  t.equal(status, 200)
  t.match(body, {
    overrides: [
      { ruleId: 'US-FTC/hours', by: 'Ann Example', reason: 'counsel', change: /->/ },
      { ruleId: 'US-FTC/records', change: 'off' },
    ],
    readings: [{ country: 'US', unread: /US-DC/ }],
  })
  const jurisdictions = body.jurisdictions as { jurisdiction: string }[]
  t.match(
    jurisdictions.find(one => one.jurisdiction === 'US-FTC'),
    { places: ['US'], overridden: 2, read: /^2026-/ },
  )
})

t.test('lines come with their source, for a place, a jurisdiction or a campaign', async t => {
  const rig = await rigWithLaws(t)
  const ask = async (query: string) => rig.call('GET', `/v1/rules/lines?${query}`)
  const florida = await ask('where=US-FL&purpose=sales')
  const lines = florida.body.lines as { ruleId: string }[]
  t.match(
    lines.find(one => one.ruleId === 'US-FL/attempts'),
    { says: /at most 3 attempts/, source: /Fla/, date: /^2026/ },
  )
  t.match(florida.body.off, [{ ruleId: 'US-FTC/records', by: 'Ann Example' }])
  t.match((await ask('where=US-RegF')).body, { withoutHours: false, off: [] })
  const campaign = await ask('campaignId=spring')
  t.match(campaign.body, { places: [], unread: [], withoutHours: false })
  t.ok((campaign.body.lines as { ruleId: string }[]).some(one => one.ruleId === 'US-FTC/abandonment'))
  for (const query of [
    '',
    'where=US&campaignId=spring',
    'where=Atlantis',
    'where=US&at=2026-02-30',
    'where=US&seller=XX',
  ])
    t.equal((await ask(query)).status, 422, query)
  t.equal((await ask('campaignId=none')).status, 404)
})

t.test('a lead with the number is told every line with its answer, and what is left of its attempts', async t => {
  const rig = await rigWithLaws(t)
  const { body } = await rig.call('GET', '/v1/rules/number/2025550112')
  t.match(body, {
    number: '+12025550112',
    cases: [
      {
        campaignId: 'spring',
        leadId: Number,
        allowed: false,
        refusals: [
          { check: 'do-not-call', reason: 'list-missing' },
          { check: 'calling-hours', rule: 'US-FTC/hours', retryAt: '2026-01-13T16:00:00.000Z' },
          { check: 'rest' },
        ],
        places: [{ place: 'US-DC', read: false }],
        localTimes: [{ zone: 'America/New_York', time: '10:00' }],
        off: [{ rule: 'US-FTC/records' }],
      },
    ],
  })
  const [one] = body.cases as { lines: { rule: string }[] }[]
  t.match(
    one?.lines.find(({ rule }) => rule === 'US-FTC/hours'),
    { answer: 'refuses', asks: /11:00/, override: { by: 'Ann Example' } },
  )
  t.match(
    one?.lines.find(({ rule }) => rule === 'US-FTC/abandonment'),
    { answer: 'stands' },
  )
})

t.test('a number that no lead has is judged by itself and by its person', async t => {
  const rig = await rigWithLaws(t)
  await rig.call('PUT', '/v1/do-not-call/%2B13055550175')
  const { body } = await rig.call('GET', '/v1/rules/number/%2B13055550175?campaignId=spring')
  t.match(body, { cases: [{ leadId: undefined, allowed: false, places: [{ place: 'US-FL', read: true }] }] })
  const [one] = body.cases as { refusals: object[] }[]
  t.match(one?.refusals[0], { check: 'do-not-call' })
  t.equal((await rig.call('GET', '/v1/rules/number/12')).status, 422)
  t.equal((await rig.call('GET', '/v1/rules/number/%2B13055550175?campaignId=none')).status, 404)
})
