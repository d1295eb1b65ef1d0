// The API's description: a public linter has nothing to say against it, and it is true of the server.
import { createConfig, lintFromString } from '@redocly/openapi-core'
import t from 'tap'
import { type Answer, connectCall, dialingRig, startRig, token } from './rig.ts'

interface Described {
  readonly operationId: string
  readonly summary: string
  readonly requestBody?: { readonly content: Record<string, unknown> }
  readonly responses: Record<string, { readonly content?: Record<string, unknown> }>
}

const methods = ['get', 'put', 'post', 'patch', 'delete']

/** Every operation with its address. */
function operationsOf(description: Answer): readonly (readonly [address: string, operation: Described])[] {
  const paths = description.paths as Record<string, Record<string, Described>>
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  )
}

t.test('a public linter finds nothing', async t => {
  const { call } = await startRig(t)
  const source = JSON.stringify((await call('GET', '/v1/openapi.json')).body)
  const config = await createConfig({ extends: ['recommended-strict'] })
  const problems = await lintFromString({ source, config })
  const lines = problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`)
  t.same(lines, [])
  const broken = await lintFromString({ source: source.replace('"operationId":"listAgents",', ''), config })
  t.match(broken, [{ ruleId: 'operation-operationId' }], 'and it looks')
})

t.test('every operation has a name of its own, a line, and its errors', async t => {
  const { call } = await startRig(t)
  const operations = operationsOf((await call('GET', '/v1/openapi.json')).body)
  t.ok(operations.length > 50)
  const names = operations.map(([, { operationId }]) => operationId)
  t.equal(new Set(names).size, names.length)
  for (const [address, { operationId, summary, responses }] of operations) {
    t.match(operationId, /^[a-z][A-Za-z]+$/, address)
    t.match(summary, /^[A-Z].{8,70}$/, address)
    t.ok(responses['4XX']?.content?.['application/json'], address)
  }
})

t.test('uploads, streams and events have their bodies', async t => {
  const { call } = await startRig(t)
  const operations = new Map(operationsOf((await call('GET', '/v1/openapi.json')).body))
  const uploads = [
    'campaigns/{id}/leads/import',
    'campaigns/{id}/move-in/vicidial',
    'permissions/import',
    'do-not-call/import',
  ]
  for (const path of uploads) {
    const { content = {} } = operations.get(`POST /v1/${path}`)?.requestBody ?? {}
    t.same(Object.keys(content), ['text/csv', 'application/octet-stream'], path)
  }
  t.ok(operations.get('GET /v1/calls/export')?.responses['200']?.content?.['text/csv'])
  const events = JSON.stringify(operations.get('GET /v1/events')?.responses['200']?.content?.['text/event-stream'])
  for (const kind of ['call-connected', 'call-abandoned', 'agent-state', 'campaign-state', 'day-cap-reached'])
    t.match(events, `"${kind}"`)
})

t.test('what the event stream says is what is described', async t => {
  const rig = await dialingRig(t)
  const { body } = await rig.call('GET', '/v1/openapi.json')
  const described = new Map(operationsOf(body)).get('GET /v1/events')?.responses['200']?.content?.['text/event-stream']
  const { schema } = described as {
    schema: { anyOf: { properties: Record<string, unknown>; required: string[] }[] }
  }
  const response = await fetch(`${rig.url}/v1/events`, { headers: { authorization: `Bearer ${token}` } })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  await connectCall(rig)
  await rig.call('POST', '/v1/campaigns/spring/pause')
  let heard = ''
  while (!heard.includes('"state":"paused"')) heard += (await reader?.read())?.value
  await reader?.cancel()
  const messages = [...heard.matchAll(/event: (.*)\ndata: (.*)\n/g)]
  t.same(new Set(messages.map(([, kind]) => kind)), new Set(['agent-state', 'call-connected', 'campaign-state']))
  for (const [, kind, data = ''] of messages) {
    const event = JSON.parse(data) as Record<string, unknown>
    const shape = schema.anyOf.find(({ properties }) => JSON.stringify(properties.kind ?? '').includes(`"${kind}"`))
    t.ok(shape, `${kind}`)
    t.same(
      Object.keys(event).filter(key => !Object.hasOwn(shape?.properties ?? {}, key)),
      [],
      data,
    )
    t.same(
      shape?.required.filter(key => !Object.hasOwn(event, key)),
      [],
      data,
    )
  }
})
