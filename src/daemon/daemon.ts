import type { ReloadControl } from '../api/upkeep/reload.ts'
import type { UpgradeControl } from '../api/upkeep/upgrade.ts'
import { type Owner, ownerOn } from '../asterisk/link/owner.ts'
import type { Config } from '../config.ts'
import type { AgentFileChange } from '../core/agents/agentFile.ts'
import { createLawFinder, type LawFinder } from '../core/compliance/law.ts'
import { releasableReasons } from '../core/compliance/release.ts'
import { given } from '../core/given.ts'
import { callIdPrefix } from '../core/ids.ts'
import { recordingPacers } from '../core/pacing/record.ts'
import { createWebhookSender, type WebhookSender } from '../crm/webhook.ts'
import { createSystemClock } from '../dialer/clock.ts'
import { createDialer, type Dialer } from '../dialer/dialer.ts'
import { openRecorder } from '../dialer/recorder.ts'
import { errorMessage, OperatingError } from '../errors.ts'
import { builtPages } from '../http/pages.ts'
import { createServer } from '../http/server.ts'
import { createImporter } from '../import/importer.ts'
import type { Log } from '../log.ts'
import { dayIn } from '../numbers/days.ts'
import type { Clock } from '../ports/clock.ts'
import type { EngineGateway } from '../ports/engine.ts'
import type { Store } from '../ports/store.ts'
import type { Telephony } from '../ports/telephony.ts'
import { loadRuleBook } from '../rules/ruleBook.ts'
import { ruleWords } from '../rules/ruleText.ts'
import { type DaemonAlarms, openAlarms } from './alarms.ts'
import { applyCampaigns, type CampaignChange } from './campaigns.ts'
import { watchEventLoop } from './eventLoop.ts'
import { createForesee } from './foresight/foresee.ts'
import { createLogLevel } from './logLevel.ts'
import { openStore, type StoreWishes } from './openStore.ts'
import { openPhones } from './phones.ts'
import { createProver } from './proof/prover.ts'
import { createReload } from './reload/reload.ts'
import { createTelephonies, readHealth, readLatencies, readSounds } from './telephonies.ts'
import { watchWriterLife } from './writerLife.ts'

export interface Daemon {
  readonly url: string
  readonly fileChanges: FileChanges
  /** Whether the store's writer lives: a disk that is full or hangs is none of its faults. */
  writerLives(): Promise<boolean>
  /** A drain that is to end the process has come to its end: it is to be stopped, and with `handOver` that way. */
  readonly drained: Dialer['drained']
  /** The same as asking for it over the API. */
  readonly drain: EngineGateway['drain']
  readonly reload: ReloadControl['reload']
  /**
   * Dials nothing more, waits for the calls in flight, closes everything. Idempotent.
   * @throws OperatingError `not-closed`: a part did not close in time; the process can only be ended
   */
  stop(graceMs: number, how?: { readonly handOver: boolean }): Promise<void>
}

/** What the configuration file has changed, as it was taken in at the start. */
export interface FileChanges {
  readonly agents: readonly AgentFileChange[]
  readonly campaigns: readonly CampaignChange[]
}

/** `handOver`: another daemon goes on with the PBX's calls in a moment. */
type Close = (leftMs: number, handOver: boolean) => Promise<unknown>

/** Closes what was opened, last first, whatever becomes of each; the first failure is told at the end. */
interface Closing {
  add(what: string, close: Close): void
  /** `leftMs`: so long the daemon may take for it. */
  close(leftMs?: number, handOver?: boolean): Promise<void>
}

function createClosing(log: Log): Closing {
  const steps: { readonly what: string; readonly close: Close }[] = []
  return {
    add: (what, close) => void steps.unshift({ what, close }),
    async close(leftMs = closingMs, handOver = false) {
      const until = performance.now() + leftMs
      const failures: unknown[] = []
      for (const { what, close } of steps.splice(0)) {
        await close(until - performance.now(), handOver).catch((error: unknown) => {
          failures.push(error)
          log.error({ what, reason: errorMessage(error) }, 'a part did not close')
        })
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}

/** All parts close within so long after the calls' time is over: a store may never answer. */
const closingMs = 1_500
/** Requests that are under way when the daemon stops. */
const requestsMaxMs = 5_000
const requestsMinMs = 500

/** What a daemon is started with beside its configuration. */
interface DaemonOptions extends StoreWishes {
  readonly version: string
  /** Starts the next daemon. Absent: nobody can. */
  readonly upgrade?: UpgradeControl
}

/** Composes and starts the daemon: configuration, store, PBXs, engine, API. What is open is closed again when it fails. */
export async function startDaemon(config: Config, options: DaemonOptions): Promise<Daemon> {
  const { log, version } = options
  // Leads, records and recordings hold personal data: what the daemon writes is its owner's alone.
  process.umask(0o077)
  const closing = createClosing(log)
  try {
    // A rule that cannot be read must not cost a running system its start half-way.
    const laws = createLawFinder(loadRuleBook(config.rules))
    const store = await openStore(config, options)
    closing.add('store', () => store.close())
    const newRules = await store.recordRules(laws.book, Date.now())
    const clock = createSystemClock()
    closing.add('clock', async () => clock.release())
    const owner = ownerOn({ databaseId: store.databaseId, file: config.store.path })
    const alarms = openAlarms(config, { log, store, laws, clock })
    closing.add('alarms', () => alarms.close())
    const { dialer, telephonies } = openDialer(config, { log, store, closing, laws, clock, owner, alarms })
    clock.mayStep(() => dialer.gateway.callCount() === 0)
    let restored = false
    const logLevel = createLogLevel(log, config.log.level)
    closing.add('log level', async () => logLevel.close())
    const trunkDefaults = [...config.trunks]
    const reload = createReload({ config, rulesVersion: laws.book.version, dialer, log, logLevel, trunkDefaults })
    const importer = createImporter(store, { isDialing: () => dialer.gateway.callCount() > 0 })
    const eventLoop = watchEventLoop()
    closing.add('event loop', async () => eventLoop.close())
    const server = await createServer({
      gateway: dialer.gateway,
      store,
      log,
      version,
      importer,
      foresee: createForesee(config.store.path),
      health: () => readHealth(telephonies),
      sounds: wanted => readSounds(telephonies, wanted),
      ready: () => restored,
      wordsOf: ruleWords,
      prover: createProver(config.store.path),
      measures: { pbxs: () => readLatencies(telephonies), eventLoop: eventLoop.lateness },
      nodeIds: config.nodes.map(node => node.nodeId),
      trunks: trunkDefaults,
      logLevel,
      reload,
      defaultCountry: config.defaultCountry,
      ...given({ ...serverOptions(config, { telephonies, log }), upgrade: options.upgrade }),
    })
    // Requests may take what is left of the grace, but for what the store needs after them.
    closing.add('api', leftMs => server.close(Math.min(requestsMaxMs, Math.max(requestsMinMs, leftMs - 1_000))))
    // The port first: when it is in use, nothing has been dialed.
    const url = await server.listen(config.api)
    alarms.watch({ gateway: dialer.gateway, wrongTokens: () => server.wrongTokens() })
    // Another daemon's calls would be hung up as nobody's.
    await Promise.all(telephonies.map(telephony => telephony.claim?.()))
    const fileChanges = { agents: await dialer.start(), campaigns: await applyCampaigns(dialer, config) }
    sayChanges(log, fileChanges)
    sayWhoLogsIn(log, { users: (await store.users()).length, ...config.api })
    // What an older law put off, the new one may permit.
    if (newRules) dialer.gateway.release({ reasons: releasableReasons })
    restored = true
    return createDaemon(
      { url, fileChanges, writerLives: watchWriterLife(store), reload: reload.reload },
      { dialer, closing },
    )
  } catch (error) {
    await closing.close().catch(() => {})
    throw error
  }
}

/** What the server is given of what not every configuration has. */
function serverOptions(config: Config, parts: Parameters<typeof openPhones>[1]) {
  const { token, url, tls, sessions } = config.api
  const phones = openPhones(config, parts)
  const { seller, transfers } = config
  return { token, url, tls, sessions, phones, seller, transfers, pages: builtPages() }
}

interface DialerParts {
  readonly log: Log
  readonly store: Store
  readonly closing: Closing
  readonly laws: LawFinder
  readonly clock: Clock
  readonly owner: Owner
  readonly alarms: DaemonAlarms
}

function openDialer(
  config: Config,
  { log, store, closing, laws, clock, owner, alarms }: DialerParts,
): { dialer: Dialer; telephonies: readonly Telephony[] } {
  const prefix = callIdPrefix({ startedAt: Date.now(), databaseId: owner.databaseId })
  const telephonies = createTelephonies(config, { log, clock, owner })
  for (const telephony of telephonies) closing.add(telephony.nodeId, (_, handOver) => telephony.close({ handOver }))
  const recorder =
    config.recorder === undefined
      ? undefined
      : openRecorder(config.recorder.path, prefix, error =>
          log.error({ reason: error.message }, 'the flight recorder has stopped'),
        )
  if (recorder !== undefined) closing.add('recorder', () => recorder.close())
  const dialer = createDialer({
    createPacer: recordingPacers(),
    clock,
    telephonies,
    store,
    log,
    callIdPrefix: prefix,
    laws,
    respectLine: config.respectLine,
    trunks: config.trunks,
    agents: config.agents,
    agentLanguage: config.agentLanguage,
    checkInvariants: config.debugInvariants,
    dayLimits: { caps: config.dayCaps, dayAround: at => dayIn(config.dayZones, at) },
    alarms: alarms.options,
    ...given({ record: recorder?.record }),
  })
  const webhooks = startWebhooks({ dialer, store, log })
  closing.add('webhooks', () => webhooks.close())
  closing.add('dialer', () => dialer.stop({ graceMs: 0 }))
  return { dialer, telephonies }
}

function startWebhooks({ dialer, store, log }: { dialer: Dialer; store: Store; log: Log }): WebhookSender {
  const { gateway } = dialer
  const webhooks = createWebhookSender({
    log,
    urlOf: campaignId => gateway.campaign(campaignId)?.settings.webhookUrl,
    leadData: async leadId => (await store.lead(leadId))?.data ?? {},
    leadProvenance: async leadId => (await store.lead(leadId))?.provenance,
  })
  gateway.subscribe(webhooks.notify)
  return webhooks
}

/** Values may be secret, of a webhook's address for one: the log has names alone. */
function sayChanges(log: Log, { agents, campaigns }: FileChanges): void {
  if (agents.length === 0 && campaigns.length === 0) return
  const named = campaigns.map(({ campaignId, changed }) => ({
    campaignId,
    changed: changed === 'new' ? changed : changed.map(({ path }) => path),
  }))
  log.info({ agents, campaigns: named }, 'the configuration file has changed this')
}

/** The first admin comes by the command line; without a token, and with users, the command line is nobody. */
function sayWhoLogsIn(log: Log, { users, token }: { readonly users: number; readonly token?: string }): void {
  if (users === 0) log.info('nobody can log in yet: `dialwright users add NAME --role admin` makes the first admin')
  else if (token === undefined)
    log.warn('there are users and no token: the command line is not let in; set api.tokenFile, then restart')
}

function createDaemon(
  facts: Pick<Daemon, 'url' | 'fileChanges' | 'writerLives' | 'reload'>,
  { dialer, closing }: { dialer: Dialer; closing: Closing },
): Daemon {
  let stopping: Promise<void> | undefined
  // Agents wrap up their last calls over the API, so it stays until the engine has stopped.
  const stop = async (graceMs: number, handOver: boolean): Promise<void> => {
    const overMs = graceMs + closingMs
    const overAt = performance.now() + overMs
    const closed = dialer.stop({ graceMs, handOver }).finally(() => closing.close(overAt - performance.now(), handOver))
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<'over'>(resolve => {
      timer = setTimeout(() => resolve('over'), overMs)
    })
    try {
      if ((await Promise.race([closed, over])) !== 'over') return
      // What it comes to can be told nobody any more.
      closed.catch(() => {})
      throw new OperatingError(
        'not-closed',
        `a part has not closed ${overMs / 1000} s after it was asked to: the process is ended without it; the next start closes what is open`,
      )
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    ...facts,
    drained: dialer.drained,
    drain: order => dialer.gateway.drain(order),
    stop: (graceMs, { handOver } = { handOver: false }) => {
      stopping ??= stop(graceMs, handOver)
      return stopping
    },
  }
}
