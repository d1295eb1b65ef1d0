import type { AttemptEnd } from '../core/calls/call.ts'
import type { Effect, EngineEvent } from '../core/effects.ts'
import { given } from '../core/given.ts'
import type { AgentId, CallId, NodeId } from '../core/ids.ts'
import type { Command } from '../core/inputs.ts'
import { Defect, errorCode, errorMessage } from '../errors.ts'
import type { Telephony } from '../ports/telephony.ts'
import { countAbandonment } from './abandonment.ts'
import { createHopperFiller } from './hopper.ts'
import { createObstacles, type Obstacles } from './obstacles.ts'
import { createOriginator } from './originate.ts'
import { createRefusalDoor, type RefusalDoor } from './refusals.ts'
import type { Shell } from './shell.ts'
import { traceCaller } from './traceCaller.ts'
import { createWriter } from './writer.ts'

/** Carries out what the engine wants done, through the ports. */
export interface EffectRunner extends RefusalDoor {
  run(effect: Effect): void
  /** Makes a command durable before it enters the engine. */
  beforeCommand(command: Command): Promise<void>
  /** Resolves when what these effects must keep is on disk. */
  settledFor(effects: readonly Effect[]): Promise<void>
  /** Resolves when no order is on its way to a PBX. */
  ordersSettled(): Promise<void>
  /** Resolves when everything that was begun has been written. */
  settled(): Promise<void>
  /** Records that the store has not taken yet. */
  unwritten(): number
  readonly obstacles: Pick<Obstacles, 'start' | 'conditions' | 'close'>
}

type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>
type Handlers = { readonly [Kind in Effect['kind']]: (effect: EffectOf<Kind>) => void }
const mustBeOnDisk: ReadonlySet<Effect['kind']> = new Set<Effect['kind']>([
  'opt-out',
  'retire-number',
  'wrapped-up',
  'agent-saved',
  'agent-removed',
  'skip-lead',
])

/** Makes the runner of a dialer's effects. */
export function createEffectRunner(
  options: Shell & { readonly onDateStep: () => void; readonly onObstacle: () => void },
): EffectRunner {
  const pbx = createPbx(options)
  const obstacles = createObstacles({ ...options, onChange: options.onObstacle, writer: () => writer })
  const writer = createWriter({ ...options, onHealth: healthy => obstacles.recordsWait(!healthy) })
  const { storeRefused } = obstacles
  const originator = createOriginator({ ...options, nodes: pbx.nodes, writer, storeRefused })
  const door = createRefusalDoor({ ...options, writer, originator })
  const tools = { options, pbx, writer, originator, door }
  const handlers: Handlers = {
    ...telephonyHandlers(tools),
    ...talkHandlers(tools),
    ...storeHandlers(tools),
    ...shellHandlers(tools),
  }
  const { store } = options
  return {
    ...door,
    run(effect) {
      // The table's type pairs each kind with its effect; TypeScript cannot carry that pairing through an index.
      const handler = handlers[effect.kind] as (effect: Effect) => void
      handler(effect)
    },
    async beforeCommand(command) {
      if (command.kind === 'campaign-apply') await store.saveCampaign(command.settings)
      else if (command.kind === 'agent-add') {
        await store.saveAgent(command.settings)
        pbx.nodes.get(command.settings.nodeId)?.watchAgents([command.settings])
      }
    },
    async settledFor(effects) {
      if (effects.some(({ kind }) => mustBeOnDisk.has(kind))) await writer.settled()
    },
    ordersSettled: () => originator.settled(),
    async settled() {
      await originator.settled()
      await writer.settled()
    },
    unwritten: () => writer.waiting(),
    obstacles,
  }
}

interface Tools {
  readonly options: Shell
  readonly pbx: Pbx
  readonly writer: ReturnType<typeof createWriter>
  readonly originator: ReturnType<typeof createOriginator>
  readonly door: RefusalDoor
}

interface Pbx {
  readonly nodes: ReadonlyMap<NodeId, Telephony>
  on(nodeId: NodeId): Telephony
  /** A request whose failure is no news: what became of the leg comes as an event. */
  ask(what: string, request: Promise<void>): void
}

function createPbx({ telephonies, log }: Pick<Shell, 'telephonies' | 'log'>): Pbx {
  const nodes = new Map(telephonies.map(telephony => [telephony.nodeId, telephony]))
  return {
    nodes,
    on(nodeId) {
      const telephony = nodes.get(nodeId)
      if (telephony === undefined) throw new Defect(`no telephony drives node ${nodeId}`)
      return telephony
    },
    ask(what, request) {
      request.catch(error =>
        log.warn({ what, code: errorCode(error), error: errorMessage(error) }, 'the PBX did not obey'),
      )
    },
  }
}

function telephonyHandlers({ options, pbx, writer, originator }: Tools) {
  const { log, submit, clock, agentLanguage = 'en' } = options
  const agentNotCalled = (agentId: AgentId, error: unknown): void => {
    log.warn({ agentId, code: errorCode(error), error: errorMessage(error) }, 'the agent could not be called')
    submit({ kind: 'agent-leg-down', agentId, cause: 'failed', at: clock.now() })
  }
  const notJoined = ({ callId, agentId }: EffectOf<'connect'>['order'], error: unknown): void => {
    log.warn({ callId, agentId, code: errorCode(error), error: errorMessage(error) }, 'the legs were not joined')
    submit({ kind: 'connect-failed', callId, agentId, broken: 'pbx', at: clock.now() })
  }
  return {
    originate: ({ order }) => originator.originate(order),
    connect: ({ order }) =>
      void pbx
        .on(order.nodeId)
        .connect(order)
        .catch(error => notJoined(order, error)),
    say({ order, nodeId, afterWrites }) {
      const say = () => pbx.on(nodeId).say(order)
      pbx.ask('say', afterWrites ? writer.settled().then(say) : say())
    },
    'turn-away': ({ nodeId, callId, why }) => pbx.ask('turn-away', pbx.on(nodeId).turnAway(callId, why)),
    'play-message': ({ nodeId, callId }) => pbx.ask('play-message', pbx.on(nodeId).playMessage(callId)),
    'hang-up': ({ nodeId, callId }) => pbx.ask('hang-up', pbx.on(nodeId).hangUp(callId)),
    'call-agent': ({ agentId, nodeId, endpoint }) =>
      void pbx
        .on(nodeId)
        .callAgent({ agentId, endpoint })
        .catch(error => agentNotCalled(agentId, error)),
    'release-agent': ({ nodeId, agentId }) => pbx.ask('release-agent', pbx.on(nodeId).releaseAgent(agentId)),
    'tell-agent': ({ nodeId, agentId, phrases }) => {
      const sounds = phrases.map(phrase => `dialwright/agent/${agentLanguage}/${phrase}`)
      pbx.ask('tell-agent', pbx.on(nodeId).tellAgent({ agentId, sounds }))
    },
    'mark-pause': ({ nodeId, kind, ...mark }) => pbx.ask(kind, pbx.on(nodeId).markPause?.(mark) ?? Promise.resolve()),
    // Only what is on disk may be forgotten by the PBX.
    'acknowledge-unattended': ({ nodeId, callIds }) =>
      pbx.ask(
        'acknowledge',
        writer.settled().then(() => pbx.on(nodeId).acknowledgeUnattended(callIds)),
      ),
  } satisfies Partial<Handlers>
}

/** What is done to a conversation. */
function talkHandlers({ options, pbx }: Tools) {
  const { log, submit, clock } = options
  const notHeld = ({ callId, on }: EffectOf<'hold'>['order'], error: unknown): void => {
    log.warn(
      { callId, on, code: errorCode(error), error: errorMessage(error) },
      'the person was not put on hold, or not taken back',
    )
    submit({ kind: 'hold-failed', callId, on })
  }
  const noTarget = (callId: CallId, error: unknown): void => {
    log.warn({ callId, code: errorCode(error), error: errorMessage(error) }, 'the target of a transfer was not reached')
    submit({ kind: 'target-down', callId, cause: 'failed', at: clock.now() })
  }
  return {
    hold: ({ order, nodeId }) =>
      void pbx
        .on(nodeId)
        .hold(order)
        .catch(error => notHeld(order, error)),
    'call-target': ({ order, nodeId }) =>
      void pbx
        .on(nodeId)
        .callTarget(order)
        .catch(error => noTarget(order.callId, error)),
    'join-target': ({ order, nodeId }) => {
      const { callId, to } = order
      pbx
        .on(nodeId)
        .joinTarget(order)
        .then(
          () => submit({ kind: 'target-joined', callId, to }),
          error => noTarget(callId, error),
        )
    },
    'drop-target': ({ nodeId, callId, kind }) => pbx.ask(kind, pbx.on(nodeId).dropTarget(callId)),
    'send-digits': ({ nodeId, callId, digits, kind }) => pbx.ask(kind, pbx.on(nodeId).sendDigits({ callId, digits })),
  } satisfies Partial<Handlers>
}

function storeHandlers({ options, pbx, writer, door }: Tools) {
  const { store, clock } = options
  const hoppers = createHopperFiller({ ...options, writer })

  return {
    'trace-caller': ({ callId, number, called }) =>
      void traceCaller(options, { number, called }).then(found =>
        options.submit({ kind: 'caller-traced', callId, ...found }),
      ),
    'incoming-begun': ({ attempt }) => writer.keep(attempt.callId, () => store.beginAttempt(attempt)),
    'attempt-ended'(ended) {
      const { nodeId, end, longestHoldMs } = ended
      options.ended(ended)
      writer.keep(end.callId, async () => {
        await store.endAttempt(end)
        if (end.answeredAt !== undefined) pbx.nodes.get(nodeId)?.callWritten(end)
      })
      options.notify({ ...callEnded(end), ...given({ longestHoldMs }) })
    },
    'wrapped-up': ({ wrapUp }) => {
      const kept = { ...wrapUp, at: clock.now() }
      writer.keep(wrapUp.callId, () => store.recordWrapUp(kept))
    },
    // What has ended in this very step counts too.
    'count-abandonment': ({ sellerId, purpose }) =>
      void writer.settled().then(() => countAbandonment(options, { sellerId, purpose })),
    // A store that cannot tell lets the places bind as before.
    'count-places': ({ campaignId }) =>
      void store.placesOfLeads(campaignId).then(
        places => options.submit({ kind: 'places-counted', campaignId, places }),
        error => options.log.error({ campaignId, code: errorCode(error) }, 'the places of the leads were not counted'),
      ),
    'agent-removed': ({ agentId, nodeId }) => {
      pbx.nodes.get(nodeId)?.forgetAgent(agentId)
      writer.keep(agentId, () => store.removeAgent(agentId))
    },
    'agent-saved': ({ settings }) => writer.keep(settings.agentId, () => store.saveAgent(settings)),
    'refill-hopper': refill => hoppers.fill(refill),
    'skip-lead': ({ leadId, until }) => writer.keep(`lead ${leadId}`, () => store.deferLead(leadId, until, 'skipped')),
    'opt-out'({ number, by, callId, says, everybody }) {
      if (by === 'agent') void door.refuse({ way: 'agent', number, callId, ...given({ says, everybody }) })
      else if (by === 'network') void door.refuse({ way: 'carrier', number, callId })
      else void door.refuse({ way: by, number, callId, ...given({ everybody }) })
    },
    'retire-number': ({ number, callId }) => void door.refuse({ way: 'dead-number', number, callId }),
  } satisfies Partial<Handlers>
}

function callEnded(end: AttemptEnd): EngineEvent {
  const { callId, campaignId, origin, disposition } = end
  const { leadId, agentId, detail, answeredAt, connectedAt, transferredAt, transferredTo } = end
  const known = given({ leadId, agentId, detail, answeredAt, connectedAt, transferredAt, transferredTo })
  return { kind: 'call-ended', callId, campaignId, origin, disposition, ...known }
}

type BreakerEvent = Extract<EngineEvent, { kind: 'trunk-breaker' }>

/** What an operator has to know at once, in the log. */
function sayBreaker(log: Shell['log'], { kind: _, ...event }: BreakerEvent): void {
  if (event.state === 'open') log.warn(event, 'the trunk is left alone: its carrier fails')
  else log.info(event, event.state === 'probing' ? 'the trunk is tried with one call' : 'the trunk is used again')
}

function shellHandlers({ options }: Tools) {
  return {
    decision: ({ campaignId, decision }) => options.decided(campaignId, decision),
    notify: ({ event }) => {
      if (event.kind === 'day-cap-reached')
        options.log.warn({ ...event }, 'a cap of the day is reached: nothing is dialed')
      if (event.kind === 'trunk-breaker') sayBreaker(options.log, event)
      if (event.kind === 'node-breaker') tellBreaker(options.log, event)
      if (event.kind === 'agent-set-aside')
        options.log.warn({ ...event }, "joins with an agent's line fail: the agent is paused until they resume")
      options.notify(event)
    },
    rejected: ({ code, message }) => options.log.debug({ code, reason: message }, 'not obeyed'),
    'wake-at': ({ at }) => options.wakeAt(at),
  } satisfies Partial<Handlers>
}

function tellBreaker(log: Shell['log'], event: Extract<EngineEvent, { kind: 'node-breaker' }>): void {
  const { nodeId, state, cause } = event
  if (state === 'closed') log.info({ nodeId, cause }, 'the PBX is well again: calls are originated on it')
  else if (state === 'probing') log.info({ nodeId, cause }, 'the PBX is tried again: one call at a time')
  else log.warn({ nodeId, cause }, 'the PBX is slow or loses calls: none is originated on it until it has proved well')
}
