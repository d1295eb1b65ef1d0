// The shipped PBX configuration on a real Asterisk, without our daemon: what the PBX promises alone.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  asteriskCommand,
  asteriskLog,
  type CarrierCall,
  dialIn,
  type RtpLeg,
  restartAsterisk,
  sandboxRoot,
  startCarrier,
  startRtpWitness,
  startSoftphones,
} from '../../scripts/lib/index.js'
import { ari, openApplication, type StasisStart, temporaryFolder, until } from '../support/sandbox.ts'

const audibleWithinMs = 2_000
const agentHangsUpAfterMs = 1_500

const folder = temporaryFolder()
const witness = await startRtpWitness()
const carrier = await startCarrier({ folder: join(folder.path, 'carrier'), rtpPort: witness.port })

t.teardown(async () => {
  await carrier.stop()
  await witness.close()
  folder.remove()
})

interface Outcome {
  readonly call: CarrierCall
  /** From the 200 on the wire to the first audible packet. */
  readonly audibleAfterMs: number | undefined
  readonly record: string | undefined
}

/** A number for every call: the last four digits choose what the carrier does, the area code makes it unique. */
let areaCode = 201
function numberEnding(suffix: string): string {
  areaCode += 1
  return `+1${areaCode}555${suffix}`
}

async function originate(callId: string, number: string, variables: Record<string, string> = {}): Promise<void> {
  const response = await ari('POST', '/channels', {
    endpoint: `PJSIP/${number}@trunk-main`,
    context: 'dialwright-answered',
    extension: 's',
    priority: 1,
    channelId: `dw-call-${callId}`,
    timeout: 20,
    variables: {
      DIALWRIGHT_CALL: callId,
      DIALWRIGHT_NUMBER: number,
      DIALWRIGHT_MESSAGE: 'dialwright/demo-message',
      DIALWRIGHT_OPTOUT_KEY: '9',
      ...variables,
    },
  })
  if (response.status !== 200) t.fail(`originate ${callId}: ${response.text}`)
}

async function callTo(number: string): Promise<CarrierCall | undefined> {
  return (await carrier.statistics()).calls.find(call => call.calledNumber === number)
}

async function ended(number: string): Promise<CarrierCall> {
  let found: CarrierCall | undefined
  await until(
    `${number} has ended`,
    async () => {
      found = await callTo(number)
      return found?.endedAt !== undefined
    },
    40_000,
  )
  return found as CarrierCall // until() has just seen it.
}

async function outcome(callId: string, number: string): Promise<Outcome> {
  const call = await ended(number)
  const leg: RtpLeg | undefined = witness.legs.get(call.rtpPort ?? 0)
  const audibleAfterMs = leg?.firstAudibleAt === undefined ? undefined : leg.firstAudibleAt - (call.answeredAt ?? 0)
  const shown = await asteriskCommand(`database get dialwright-unattended ${callId}`)
  const record = /^Value: (.*)$/m.exec(shown)?.[1]
  return { call, audibleAfterMs, record }
}

function heardInTime(t: Test, { audibleAfterMs }: Outcome): void {
  t.ok(audibleAfterMs !== undefined && audibleAfterMs <= audibleWithinMs, `audible ${audibleAfterMs} ms after the 200`)
}

/** The record's fields: reason, opt-out, SIP Call-ID; the time of the answer is checked here. */
function recorded(t: Test, { record, call }: Outcome, expected: { reason: string; optOut: string }): void {
  const [reason, answeredAt, optOut, sipCallId, number] = (record ?? '').split(',')
  t.same({ reason, optOut, sipCallId }, { ...expected, sipCallId: call.sipCallId })
  t.equal(number, optOut === '1' ? call.calledNumber : '', 'whom a refusal binds, and nobody else')
  t.ok(Math.abs(Number(answeredAt) * 1000 - (call.answeredAt ?? 0)) <= 1_500, 'the record has the time of the answer')
}

function complaints(log: string): string[] {
  return log.split('\n').filter(line => /\b(WARNING|ERROR)\[/.test(line))
}

/** The sandbox has 400 agents, whose states at once can fill a queue of a busy machine's PBX; nobody ships them. */
function keepFewAgents(): void {
  const path = join(sandboxRoot(), 'etc/asterisk/dialwright/pjsip_agents.conf')
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.slice(0, text.indexOf('[1011]')))
}

t.test('Asterisk boots on the shipped configuration without a warning', async t => {
  const before = asteriskLog().length
  keepFewAgents()
  await restartAsterisk()
  const log = asteriskLog().slice(before)
  t.match(log, /modules will be loaded/)
  t.same(complaints(log), [])
  const endpoints = await asteriskCommand('pjsip show endpoints')
  for (const name of ['trunk-main', '1001', '1003']) t.match(endpoints, new RegExp(`Endpoint: +${name}`))
})

t.test('the wizard-style example loads without a warning', async t => {
  const before = asteriskLog().length
  const example = readFileSync(new URL('../../asterisk-conf/pjsip_wizard.conf.example', import.meta.url), 'utf8')
  // Beside the endpoints of the same names that are already there.
  const renamed = example
    .replace('[trunk-main]', '[trunk-wizard]')
    .replaceAll('1001', '2001')
    .replaceAll('1002', '2002')
  writeFileSync(join(sandboxRoot(), 'etc/asterisk/pjsip_wizard.conf'), renamed, { mode: 0o644 })
  await asteriskCommand('module load res_pjsip_config_wizard.so')
  await asteriskCommand('module reload res_pjsip.so')
  const endpoints = await asteriskCommand('pjsip show endpoints')
  for (const name of ['trunk-wizard', '2001', '2002']) t.match(endpoints, new RegExp(`Endpoint: +${name}`))
  t.same(complaints(asteriskLog().slice(before)), [])
})

t.test('nothing listens beyond the loopback', async t => {
  const listening = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter(line => / 0A /.test(line))
  const addresses = listening.map(line => line.trim().split(/\s+/)[1]?.split(':')[0])
  t.ok(addresses.length >= 2)
  for (const address of addresses) t.equal(address, '0100007F')
})

t.test('whose phone stops ringing is on record where no engine hears of it', async t => {
  const handler = { 'CHANNEL(hangup_handler_push)': 'dialwright-unanswered,s,1' }
  const ends = { '0111': /^\d{13},17,SIP 486/, '0115': /^\d{13},\d+,SIP 603/, '0126': /^\d{13},\d+,SIP 607/ }
  const record = async (callId: string) =>
    /^Value: (.*)$/m.exec(await asteriskCommand(`database get dialwright-unanswered ${callId}`))?.[1]
  for (const [suffix, row] of Object.entries(ends)) {
    const number = numberEnding(suffix)
    await originate(`unheard-${suffix}`, number, handler)
    await ended(number)
    await until('the record', async () => (await record(`unheard-${suffix}`)) !== undefined)
    t.match(await record(`unheard-${suffix}`), row)
  }
  await asteriskCommand(`dialplan set global DIALWRIGHT_ALIVE ${Math.floor(Date.now() / 1000)}`)
  const number = numberEnding('0111')
  await originate('heard', number, handler)
  await ended(number)
  await new Promise(resolve => setTimeout(resolve, 500))
  t.equal(await record('heard'), undefined, 'where an engine lives it has heard of it')
  await asteriskCommand('dialplan set global DIALWRIGHT_ALIVE 0')
})

t.test('without an application', async t => {
  const numbers = {
    rings: numberEnding('0110'),
    atOnce: numberEnding('0118'),
    early: numberEnding('0119'),
    optOut: numberEnding('0123'),
    noSound: numberEnding('0110'),
    missed: numberEnding('0112'),
  }
  for (const [name, number] of Object.entries(numbers))
    await originate(
      `gone-${name}`,
      number,
      name === 'noSound' ? { DIALWRIGHT_MESSAGE: 'dialwright/no-such-sound' } : {},
    )

  for (const name of ['rings', 'atOnce', 'early'] as const)
    t.test(`a person who answers hears the message and is on record (${name})`, async t => {
      const result = await outcome(`gone-${name}`, numbers[name])
      heardInTime(t, result)
      recorded(t, result, { reason: 'app-gone', optOut: '0' })
      t.equal(result.call.byeFrom, 'dialer')
    })

  t.test('the opt-out key ends the message and is on record', async t => {
    const result = await outcome('gone-optOut', numbers.optOut)
    heardInTime(t, result)
    recorded(t, result, { reason: 'app-gone', optOut: '1' })
  })

  t.test('a message that cannot be played is replaced by a general one', async t => {
    const result = await outcome('gone-noSound', numbers.noSound)
    heardInTime(t, result)
    recorded(t, result, { reason: 'app-gone', optOut: '0' })
  })

  t.test('a call that is not answered leaves no record', async t => {
    const result = await outcome('gone-missed', numbers.missed)
    t.equal(result.call.finalCode, 487)
    t.equal(result.record, undefined)
  })
})

t.test('with an application that leaves people waiting', async t => {
  const numbers = {
    ignored: numberEnding('0110'),
    optOut: numberEnding('0123'),
    leaves: numberEnding('0116'),
    decided: numberEnding('0118'),
    taken: numberEnding('0118'),
    race: numberEnding('0118'),
    letGo: numberEnding('0118'),
  }
  const application = await openApplication(start => react(start))
  for (const [name, number] of Object.entries(numbers)) await originate(`late-${name}`, number)
  const results: Record<string, Outcome> = {}
  for (const [name, number] of Object.entries(numbers)) results[name] = await outcome(`late-${name}`, number)
  await application.close()

  const result = (name: keyof typeof numbers): Outcome => results[name] as Outcome // filled for every name above

  t.test('the PBX takes over just behind the time to decide', async t => {
    heardInTime(t, result('ignored'))
    t.ok((result('ignored').audibleAfterMs ?? 0) > 1_700, 'and not before it')
    recorded(t, result('ignored'), { reason: 'app-late', optOut: '0' })
    recorded(t, result('optOut'), { reason: 'app-late', optOut: '1' })
  })
  t.test('a person who leaves while waiting is on record', async t => {
    t.equal(result('leaves').call.byeFrom, 'carrier')
    recorded(t, result('leaves'), { reason: 'hung-up', optOut: '0' })
  })
  t.test('an abandonment that the application decides is played at once', async t => {
    heardInTime(t, result('decided'))
    recorded(t, result('decided'), { reason: 'app-decided', optOut: '0' })
  })
  t.test('a person let go without having been taken hears the message', async t => {
    heardInTime(t, result('letGo'))
    recorded(t, result('letGo'), { reason: 'app-decided', optOut: '0' })
  })
  t.test('a taken call ends at its longest time, without the message', async t => {
    const { call, audibleAfterMs, record } = result('taken')
    t.equal(audibleAfterMs, undefined)
    t.equal(record, undefined)
    t.ok((call.endedAt ?? 0) - (call.answeredAt ?? 0) >= 3_900)
  })
  t.test('a call that is taken too late for the timer hears the message', async t => {
    heardInTime(t, result('race'))
    recorded(t, result('race'), { reason: 'app-late', optOut: '0' })
  })
})

async function react({ channelId }: StasisStart): Promise<void> {
  const set = (variable: string, value: string) => ari('POST', `/channels/${channelId}/variable`, { variable, value })
  if (channelId === 'dw-call-late-taken') {
    await set('TIMEOUT(absolute)', '4')
    await set('DIALWRIGHT_TAKEN', '1')
  }
  if (channelId === 'dw-call-late-race') await set('DIALWRIGHT_TAKEN', '1')
  if (channelId === 'dw-call-late-letGo') await ari('POST', `/channels/${channelId}/continue`)
  if (channelId === 'dw-call-late-decided')
    await ari('POST', `/channels/${channelId}/continue`, { context: 'dialwright-message', extension: 's', priority: 1 })
}

t.test('an application whose every request sets a variable does not cost the record', async t => {
  // Asterisk forbids a channel's thread to write to AstDB once ARI has set a variable on it.
  t.notMatch(asteriskLog(), /Dangerous function/)
})

t.test('an application that dies while a person waits', async t => {
  const number = numberEnding('0118')
  let started = () => {}
  const waiting = new Promise<void>(resolve => {
    started = resolve
  })
  const application = await openApplication(() => started())
  await originate('dies', number)
  await waiting
  await application.close()
  const result = await outcome('dies', number)
  heardInTime(t, result)
  recorded(t, result, { reason: 'app-late', optOut: '0' })
})

t.test('an agent who dials in without an application hears so and is hung up', async t => {
  const ears = await startRtpWitness()
  t.teardown(() => ears.close())
  const phone = await dialIn({ folder: join(folder.path, 'away'), agents: ['1001'], port: 5091, rtpPort: ears.port })
  t.equal(await phone.exited, 0)
  const [leg] = [...ears.legs.values()]
  t.ok((leg?.audiblePackets ?? 0) > 50, 'more than a second of speech')
})

t.test('an agent cannot dial out', async t => {
  const before = (await carrier.statistics()).invites
  const options = { folder: join(folder.path, 'out'), agents: ['1002'], port: 5092, exten: numberEnding('0110') }
  const phone = await dialIn(options)
  await phone.exited
  t.equal((await carrier.statistics()).invites, before)
})

t.test('a person whose agent is lost while no engine lives is not left alone', async t => {
  const phones = await startSoftphones({
    folder: join(folder.path, 'lost'),
    agents: ['1001', '1002'],
    port: 5084,
    hangsUpAfterMs: agentHangsUpAfterMs,
  })
  const started = new Set<string>()
  const application = await openApplication(({ channelId }) => started.add(channelId))
  t.teardown(async () => {
    await application.close()
    await phones.stop()
  })
  const isUp = (channelId: string) => until(`${channelId} is up`, () => started.has(channelId))

  async function talking(name: string, agentId: string): Promise<{ number: string; agentChannel: string }> {
    const [number, agentChannel, customer] = [numberEnding('0118'), `dw-agent-${agentId}-1`, `dw-call-${name}`]
    await ari('POST', '/channels', {
      endpoint: `PJSIP/${agentId}`,
      context: 'dialwright-agent',
      extension: 's',
      priority: 1,
      channelId: agentChannel,
      variables: { DIALWRIGHT_AGENT: agentId, 'SHARED(DIALWRIGHT_PEER)': customer },
    })
    await originate(name, number)
    await Promise.all([isUp(agentChannel), isUp(customer)])
    await ari('POST', `/channels/${customer}/variable`, { variable: 'TIMEOUT(absolute)', value: '300' })
    await ari('POST', `/channels/${customer}/variable`, { variable: 'DIALWRIGHT_TAKEN', value: '1' })
    await ari('POST', '/bridges', { type: 'mixing', bridgeId: `bridge-${name}` })
    const added = await ari('POST', `/bridges/bridge-${name}/addChannel`, { channel: [agentChannel, customer] })
    t.equal(added.status, 204, added.text)
    return { number, agentChannel }
  }
  const beat = (at: number) =>
    ari('POST', '/asterisk/variable', { variable: 'DIALWRIGHT_ALIVE', value: String(Math.floor(at / 1000)) })

  await beat(Date.now() - 60_000)
  const dead = await talking('orphan-dead', '1001')
  const call = await ended(dead.number)
  t.ok(
    (call.endedAt ?? 0) - (call.answeredAt ?? 0) < agentHangsUpAfterMs + 2_000,
    'at once when the engine is long dead',
  )

  await beat(Date.now())
  const dying = await talking('orphan-dying', '1002')
  const later = await ended(dying.number)
  const aloneMs = (later.endedAt ?? 0) - (later.answeredAt ?? 0) - agentHangsUpAfterMs
  t.ok(aloneMs > 5_000 && aloneMs < 20_000, `a while later when it has only just died (${aloneMs} ms)`)
})

t.test(
  'every call and every line says that it is refreshed, so that the other side ends what a dead PBX left',
  async t => {
    const phones = await startSoftphones({ folder: join(folder.path, 'refreshed'), agents: ['1003'], port: 5081 })
    t.teardown(() => phones.stop())
    const number = numberEnding('0122')
    await originate('refreshed', number)
    await ari('POST', '/channels', { endpoint: 'PJSIP/1003', extension: 's', context: 'dialwright-agent', priority: 1 })
    await ended(number)
    const invites = (log: string) =>
      readFileSync(log, 'utf8')
        .split(/^-{20,}/m)
        .filter(message => /\nINVITE sip:/.test(message))
    const [line] = invites(join(folder.path, 'refreshed', 'softphone-messages.log'))
    const call = invites(carrier.messageLog).find(message => message.includes(number))
    for (const invite of [line, call]) {
      t.match(invite, /^Session-Expires: 180\r?$/m)
      t.match(invite, /^Min-SE: 90\r?$/m)
      t.match(invite, /^Supported:.*\btimer\b/m)
    }
  },
)
