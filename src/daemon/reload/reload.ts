import type { LogLevelControl } from '../../api/upkeep/logLevel.ts'
import type { ReloadControl, ReloadView } from '../../api/upkeep/reload.ts'
import type { ConfigChange } from '../../config/configChange.ts'
import type { Config, TrunkConfig } from '../../config.ts'
import type { AgentFileChange } from '../../core/agents/agentFile.ts'
import { given } from '../../core/given.ts'
import type { Dialer } from '../../dialer/dialer.ts'
import { ConfigError, errorCode, errorMessage, StoreError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { startAnswering, workerAt } from '../../threads/threads.ts'
import { applyCampaigns } from '../campaigns.ts'
import type { ConfigAnswer, ConfigQuestion } from './configWorker.ts'

interface ReloadParts {
  readonly config: Config
  readonly rulesVersion: string
  readonly dialer: Dialer
  readonly log: Log
  readonly logLevel: LogLevelControl
  /** The defaults of campaigns, as the API hands them out; its entries follow. */
  readonly trunkDefaults: TrunkConfig[]
}

/** What gives agents and campaigns their shape: where one of these waits for a restart, they wait with it. */
const shapesAgents = /^nodes\./
const shapesCampaigns = /^(nodes|trunks|seller|defaultCountry)(\.|$)/

/** Reads the configuration anew, in a thread of its own, and applies it; one reload after the other. */
export function createReload(parts: ReloadParts): ReloadControl {
  const { config: started, log } = parts
  let applied = started
  let turn: Promise<unknown> = Promise.resolve()

  async function reload(dryRun: boolean): Promise<ReloadView> {
    const question = { file: started.file, started, applied, rulesVersion: parts.rulesVersion }
    const { config, changes: found } = await readAnew(question)
    const changes = held(found)
    const needsRestart = changes.some(({ effect }) => effect === 'restart')
    const { warnings } = config
    if (dryRun) return { dryRun, changes: [...changes], needsRestart, agents: [], warnings: [...warnings] }
    const agents = await apply(parts, { config, started, changes })
    applied = withHeldBack(config, applied, changes)
    // Values may be secret: the log has names alone.
    const names = (wanted: ConfigChange['effect']) => changes.filter(one => one.effect === wanted).map(one => one.key)
    log.info({ applied: names('live'), needsRestart: names('restart') }, 'the configuration was read anew')
    return { dryRun, changes: [...changes], needsRestart, agents: agents.map(viewChange), warnings: [...warnings] }
  }

  return {
    reload({ dryRun }) {
      const mine = turn.then(() => reload(dryRun))
      turn = mine.catch(error =>
        log.error({ code: errorCode(error), reason: errorMessage(error) }, 'the configuration was not taken'),
      )
      return mine
    },
  }
}

async function readAnew(question: ConfigQuestion): Promise<ConfigAnswer> {
  const thread = await startAnswering<ConfigQuestion, ConfigAnswer>(
    workerAt('./configWorker', import.meta.url),
    undefined,
  )
  try {
    return await thread.ask(question)
  } catch (error) {
    // Threads tell every refusal as the store's.
    if (error instanceof StoreError) throw new ConfigError(error.code, error.message, { cause: error })
    throw error
  } finally {
    await thread.close()
  }
}

/** Agents and campaigns rest on PBXs, trunks and seller: half of such a change would be a configuration that nobody wrote. */
function held(changes: readonly ConfigChange[]): readonly ConfigChange[] {
  const waits = (key: RegExp): boolean => changes.some(one => one.effect === 'restart' && key.test(one.key))
  const [agentsWait, campaignsWait] = [waits(shapesAgents), waits(shapesCampaigns)]
  return changes.map(change => {
    const isHeld =
      (agentsWait && change.key.startsWith('agents.')) || (campaignsWait && change.key.startsWith('campaigns.'))
    return isHeld ? { ...change, effect: 'restart' } : change
  })
}

function isApplied(changes: readonly ConfigChange[], list: 'agents' | 'campaigns'): boolean {
  return changes.some(({ key, effect }) => effect === 'live' && key.startsWith(`${list}.`))
}

/** What was held back is compared with what it was, the next time too. */
function withHeldBack(config: Config, before: Config, changes: readonly ConfigChange[]): Config {
  const isHeld = (list: string): boolean =>
    changes.some(({ key, effect }) => effect === 'restart' && key.startsWith(`${list}.`))
  const campaigns = isHeld('campaigns') ? before.campaigns : config.campaigns
  if (!isHeld('agents')) return { ...config, campaigns }
  const { agents: _, ...document } = config.document
  return { ...config, campaigns, document: { ...document, ...given({ agents: before.document.agents }) } }
}

/** First what can fail, on disk; then what cannot. */
async function apply(
  { dialer, logLevel, trunkDefaults }: ReloadParts,
  {
    config,
    started,
    changes,
  }: { readonly config: Config; readonly started: Config; readonly changes: readonly ConfigChange[] },
): ReturnType<Dialer['takeInAgents']> {
  const agents = isApplied(changes, 'agents') ? await dialer.takeInAgents(config.agents) : []
  const trunks = started.trunks.map(trunk => withLiveKeys(trunk, config.trunks))
  trunkDefaults.splice(0, trunkDefaults.length, ...trunks)
  if (isApplied(changes, 'campaigns')) await applyCampaigns(dialer, { campaigns: changedCampaigns(config, changes) })
  await dialer.reconfigure({ trunks, respectLine: config.respectLine, dayCaps: config.dayCaps })
  logLevel.configure(config.log.level)
  return agents
}

function viewChange({ fields, ...change }: AgentFileChange): ReloadView['agents'][number] {
  return { ...change, ...given({ fields: fields && [...fields] }) }
}

/** The trunk as it runs, with what may change while it does. */
function withLiveKeys(running: TrunkConfig, written: readonly TrunkConfig[]): TrunkConfig {
  const now = written.find(({ trunkId }) => trunkId === running.trunkId)
  if (now === undefined) return running
  const { stripPlus, channelsMax, callsPerSecondMax, callerIds, maxCallMs } = now
  return { ...running, stripPlus, channelsMax, callsPerSecondMax, callerIds, ...given({ maxCallMs }) }
}

/** Of the file's campaigns those that the file has changed: what was set by hand of the others stays. */
function changedCampaigns({ campaigns }: Config, changes: readonly ConfigChange[]): Config['campaigns'] {
  return campaigns.filter(({ campaignId }) =>
    changes.some(({ key }) => key === `campaigns.${campaignId}` || key.startsWith(`campaigns.${campaignId}.`)),
  )
}
