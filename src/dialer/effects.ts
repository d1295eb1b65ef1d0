import type { Effect, EngineEvent } from '../core/effects.ts'
import type { CampaignId, InstantMs, NodeId } from '../core/ids.ts'
import type { Command, Input } from '../core/inputs.ts'
import type { PacingDecision } from '../core/pacing/pacer.ts'
import type { EngineState } from '../core/state.ts'
import { Defect, errorCode, errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Clock, Store, Telephony } from '../ports.ts'
import { fillHopper } from './hopper.ts'
import { createOriginator } from './originate.ts'
import { createWriter } from './writer.ts'

/** What carrying out effects needs. */
export interface EffectRunnerOptions {
  readonly clock: Clock
  readonly telephonies: readonly Telephony[]
  readonly store: Store
  readonly log: Log
  readonly state: EngineState
  submit(input: Input): void
  decided(campaignId: CampaignId, decision: PacingDecision): void
  notify(event: EngineEvent): void
  wakeAt(at: InstantMs): void
}

/** Carries out what the engine wants done, through the ports. */
export interface EffectRunner {
  run(effect: Effect): void
  /** Makes a command durable before it enters the engine. */
  beforeCommand(command: Command): Promise<void>
  /** Resolves when what these effects must keep is on disk. */
  settledFor(effects: readonly Effect[]): Promise<void>
  /** Resolves when everything that was begun has been written. */
  settled(): Promise<void>
}

/** Makes the runner of a dialer's effects. */
export function createEffectRunner(options: EffectRunnerOptions): EffectRunner {
  const { store, log, submit } = options
  const nodes = new Map(options.telephonies.map(telephony => [telephony.nodeId, telephony]))
  const writer = createWriter({ clock: options.clock, log })
  const originator = createOriginator({ ...options, nodes, writer })

  function on(nodeId: NodeId): Telephony {
    const telephony = nodes.get(nodeId)
    if (telephony === undefined) throw new Defect(`no telephony drives node ${nodeId}`)
    return telephony
  }

  /** A PBX request whose failure is no news: what became of the leg comes as an event. */
  function ask(what: string, request: Promise<void>): void {
    request.catch(error =>
      log.warn({ what, code: errorCode(error), error: errorMessage(error) }, 'the PBX did not obey'),
    )
  }

  const handlers: { readonly [Kind in Effect['kind']]: (effect: Extract<Effect, { kind: Kind }>) => void } = {
    originate: ({ order }) => originator.originate(order),
    connect({ order }) {
      const { callId, agentId, nodeId } = order
      on(nodeId)
        .connect(order)
        .catch(error => {
          log.warn({ callId, agentId, code: errorCode(error), error: errorMessage(error) }, 'the legs were not joined')
          submit({ kind: 'connect-failed', callId, agentId, broken: 'agent-leg', at: options.clock.now() })
        })
    },
    'play-message': effect => ask('play-message', on(effect.nodeId).playMessage(effect.callId)),
    'hang-up': effect => ask('hang-up', on(effect.nodeId).hangUp(effect.callId)),
    'call-agent'({ agentId, nodeId, endpoint }) {
      on(nodeId)
        .callAgent({ agentId, endpoint })
        .catch(error => {
          log.warn({ agentId, code: errorCode(error), error: errorMessage(error) }, 'the agent could not be called')
          submit({ kind: 'agent-leg-down', agentId, cause: 'failed', at: options.clock.now() })
        })
    },
    'release-agent': effect => ask('release-agent', on(effect.nodeId).releaseAgent(effect.agentId)),
    'attempt-ended': ({ end }) => writer.keep(end.callId, () => store.endAttempt(end)),
    'wrapped-up': ({ wrapUp }) => writer.keep(wrapUp.callId, () => store.recordWrapUp(wrapUp)),
    'opt-out': effect => optOut(effect),
    'agent-saved': ({ settings }) => writer.keep(settings.agentId, () => store.saveAgent(settings)),
    'refill-hopper': effect => fillHopper({ ...options, writer }, effect),
    'acknowledge-unattended'({ nodeId, callIds }) {
      // Only what is on disk may be forgotten by the PBX.
      ask(
        'acknowledge',
        writer.settled().then(() => on(nodeId).acknowledgeUnattended(callIds)),
      )
    },
    decision: ({ campaignId, decision }) => options.decided(campaignId, decision),
    notify: ({ event }) => options.notify(event),
    rejected: ({ code, message }) => log.debug({ code, reason: message }, 'not obeyed'),
    'wake-at': ({ at }) => options.wakeAt(at),
  }

  /** On disk first; then out of the hoppers and off the ringing lines. */
  function optOut(effect: Extract<Effect, { kind: 'opt-out' }>): void {
    const { number, by: source } = effect
    const entry = { number, list: 'company', source, at: options.clock.now(), note: `call ${effect.callId}` } as const
    writer.keep(effect.callId, () => store.addDoNotCall(entry))
    originator.block(number)
    submit({ kind: 'number-blocked', number })
  }

  return {
    run(effect) {
      // The table's type pairs each kind with its effect; TypeScript cannot carry that pairing through an index.
      const handler = handlers[effect.kind] as (effect: Effect) => void
      handler(effect)
    },
    async beforeCommand(command) {
      if (command.kind === 'campaign-apply') await store.saveCampaign(command.settings)
      else if (command.kind === 'agent-add') {
        await store.saveAgent(command.settings)
        nodes.get(command.settings.nodeId)?.watchAgents([command.settings])
      } else if (command.kind === 'number-blocked') originator.block(command.number)
    },
    async settledFor(effects) {
      const durable = effects.some(({ kind }) => kind === 'opt-out' || kind === 'wrapped-up' || kind === 'agent-saved')
      if (durable) await writer.settled()
    },
    async settled() {
      await originator.settled()
      await writer.settled()
    },
  }
}
