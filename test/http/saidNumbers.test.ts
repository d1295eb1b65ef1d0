// What is refused is said without the numbers that whoever asks may not see as they are.
import t from 'tap'
import { maskedText } from '../../src/http/access/sight.ts'
import { dialingRig } from './rig.ts'

t.test('numbers go from a sentence however they are written, days and counts stay', async t => {
  for (const [text, shown] of [
    ['+12025550175 is on a list', '+1********75 is on a list'],
    ['"(202) 555-0175" is not a number', '"(20*********75" is not a number'],
    ['permitted next at 2026-01-14T13:00:00.000Z', 'permitted next at 2026-01-14T13:00:00.000Z'],
    ['since 2026-01-14, at most 65536 bytes', 'since 2026-01-14, at most 65536 bytes'],
    ['20260114 is no day', '20****14 is no day'],
    ['no agent 1001: see GET /v1/agents', 'no agent 1001: see GET /v1/agents'],
  ] as const)
    t.equal(maskedText(text), shown)
})

t.test('a program without the right to numbers reads none in what is refused', async t => {
  const rig = await dialingRig(t)
  const number = '+12025550199'
  const asks = async (rights: readonly string[]) => {
    const { body } = await rig.call('POST', '/v1/tokens', { name: `t${rights.length}`, rights, days: 1 })
    const headers = { authorization: `Bearer ${body.token}` }
    return async (method: string, path: string, json?: object) => {
      const sent = json === undefined ? {} : { body: JSON.stringify(json) }
      const type = json === undefined ? {} : { 'content-type': 'application/json' }
      const response = await fetch(`${rig.url}${path}`, { method, headers: { ...headers, ...type }, ...sent })
      return { status: response.status, text: await response.text() }
    }
  }
  const rights = [
    'see-people',
    'see-leads',
    'see-calls',
    'record-wishes',
    'unlist-numbers',
    'erase-people',
    'see-reports',
  ]
  const blind = await asks(rights)
  const sees = await asks([...rights, 'see-numbers'])
  const refused = [
    ['DELETE', `/v1/do-not-call/${number}`],
    ['DELETE', `/v1/do-not-call/${number}?list=nobody`],
    ['GET', '/v1/do-not-call/202555'],
    ['PUT', '/v1/do-not-call/202555', {}],
    ['GET', '/v1/persons/0112025550199123456789'],
    ['GET', '/v1/leads/explain?number=0112025550199123456789'],
    ['POST', '/v1/permissions/withdraw', { number: '0112025550199123456789', how: 'said so' }],
    ['DELETE', `/v1/persons/${number}/hours`],
  ] as const
  let said = 0
  for (const [method, path, body] of refused) {
    const { status, text } = await blind(method, path, body)
    if (status >= 400) {
      said += 1
      t.notMatch(text, /\d{7}|555-?0199/, `${method} ${path}: ${text}`)
    }
    t.equal((await sees(method, path, body)).status, status, path)
  }
  t.ok(said >= 4, `${said} were refused`)
  const whole = await sees('GET', '/v1/persons/0112025550199123456789')
  t.match(whole.text, '0112025550199123456789', 'who may see numbers reads what they have written')
})
