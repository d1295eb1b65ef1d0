// The word on a conversation that ended before this daemon was started.
import t from 'tap'
import { connectCall, dialingRig, type Rig, startRig } from './rig.ts'

/** A daemon on what another one has left, and a conversation of that one. `word`: what was written about it there. */
async function nextDaemon(word?: object): Promise<{ readonly rig: Rig; readonly callId: string }> {
  const before = await dialingRig(t)
  const { pbx, clock, store } = before
  const callId = await connectCall(before)
  pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: clock.now() })
  if (word === undefined) await clock.runUntil(clock.now() + 120_000)
  else await before.call('POST', `/v1/calls/${callId}/wrap-up`, word)
  const rig = await startRig(t, { store })
  t.equal(rig.dialer.gateway.call(callId), undefined, 'the engine knows nothing of it')
  return { rig, callId }
}

t.test('a refusal for a conversation of the daemon before is on the list, whatever stands there already', async t => {
  for (const word of [undefined, { code: 'done' }]) {
    const { rig, callId } = await nextDaemon(word)
    const answer = await rig.call('POST', `/v1/calls/${callId}/wrap-up`, { code: 'refused', note: 'never again' })
    t.match(
      answer,
      word === undefined ? { status: 200 } : { status: 409, body: { error: { code: 'already-wrapped-up' } } },
    )
    t.match(await rig.store.doNotCallEntry('+12025550111'), {
      list: 'company',
      source: 'agent',
      note: `call ${callId}`,
    })
    t.match(await rig.store.call(callId), { wrapUp: word ?? { code: 'refused', note: 'never again', refusal: true } })
  }
})

t.test('code, note and call-back replace what the timer has written, and nothing else does', async t => {
  const { rig, callId } = await nextDaemon()
  const wrapUp = (body: object) => rig.call('POST', `/v1/calls/${callId}/wrap-up`, body)
  t.match(await rig.store.call(callId), { wrapUp: { code: 'timeout' } })
  t.match(await wrapUp({ code: 'sold' }), { status: 422, body: { error: { code: 'unknown-wrap-up-code' } } })
  t.match(await wrapUp({ code: 'callback' }), { status: 422, body: { error: { code: 'callback-without-time' } } })
  const callbackAt = '2026-01-14T20:00:00.000Z'
  t.match(await wrapUp({ code: 'callback', note: 'after lunch', callbackAt, callbackOwn: true }), { status: 200 })
  t.match(await rig.call('GET', `/v1/calls/${callId}`), {
    body: { wrapUpCode: 'callback', note: 'after lunch', callbackAt },
  })
  const { leadId = 0 } = (await rig.store.call(callId)) ?? {}
  t.match(await rig.store.lead(leadId), { dialableAt: Date.parse(callbackAt), callbackAgentId: '1001' })
  t.match(await wrapUp({ code: 'done' }), { status: 409, body: { error: { code: 'already-wrapped-up' } } })
})

t.test('nothing is written about somebody who was erased', async t => {
  const { rig, callId } = await nextDaemon()
  t.ok(await rig.dialer.gateway.refuse({ way: 'erasure', number: '+12025550111', by: 'R. Miller' }))
  const kept = await rig.store.call(callId)
  const answer = await rig.call('POST', `/v1/calls/${callId}/wrap-up`, { code: 'refused', note: 'Jane, never again' })
  t.match(answer, { status: 409, body: { error: { code: 'person-erased', message: /by their number/ } } })
  t.strictSame(await rig.store.call(callId), kept)
  t.equal(await rig.store.doNotCallEntry(kept?.number ?? ''), undefined)
  await rig.store.recordWrapUp({ callId, code: 'done', refusal: false, note: 'Jane', at: rig.clock.now() })
  t.equal((await rig.store.call(callId))?.wrapUp?.note, undefined, 'whoever writes it')
})

t.test('what nobody talked in has no wrap-up, but a refusal of its person counts', async t => {
  const rig = await startRig(t)
  const attempt = { callId: 'old', campaignId: 'spring', number: '+12025550113', nodeId: 'pbx1', trunkId: 'main' }
  await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  const begun = {
    ...attempt,
    callerId: '+12025550100',
    originatedAt: rig.clock.now(),
    origin: 'campaign',
    leadId: 1,
  } as const
  await rig.store.beginAttempt(begun)
  t.match(await rig.call('POST', '/v1/calls/old/wrap-up', { code: 'refused' }), { status: 404 })
  t.match(await rig.store.doNotCallEntry('+12025550113'), { list: 'company' })
  t.match(await rig.call('POST', '/v1/calls/never/wrap-up', { code: 'refused' }), { status: 404 })
})
