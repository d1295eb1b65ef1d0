import type { Config } from '../config.ts'
import { createLawFinder, type LawFinder } from '../core/compliance/law.ts'
import { releasableReasons } from '../core/compliance/release.ts'
import { given } from '../core/given.ts'
import { recordingPacers } from '../core/pacing/record.ts'
import { createWebhookSender, type WebhookSender } from '../crm/webhook.ts'
import { createSystemClock } from '../dialer/clock.ts'
import { createDialer, type Dialer } from '../dialer/dialer.ts'
import { openRecorder } from '../dialer/recorder.ts'
import { errorMessage, OperatingError } from '../errors.ts'
import { createServer } from '../http/server.ts'
import { createImporter } from '../import/importer.ts'
import type { Log } from '../log.ts'
import { dayIn } from '../numbers/days.ts'
import type { Store } from '../ports/store.ts'
import type { Telephony } from '../ports/telephony.ts'
import { loadRuleBook } from '../rules/ruleBook.ts'
import { openSqliteStore } from '../store/sqlite/sqliteStore.ts'
import { createTelephonies, readHealth } from './telephonies.ts'

export interface Daemon {
  readonly url: string
  /** Dials nothing more, waits for the calls in flight, closes everything. Idempotent. */
  stop(graceMs: number): Promise<void>
}

/** Closes what was opened, last first, whatever becomes of each; the first failure is told at the end. */
interface Closing {
  add(what: string, close: () => Promise<unknown>): void
  close(): Promise<void>
}

function createClosing(log: Log): Closing {
  const steps: { readonly what: string; readonly close: () => Promise<unknown> }[] = []
  return {
    add: (what, close) => void steps.unshift({ what, close }),
    async close() {
      const failures: unknown[] = []
      for (const { what, close } of steps.splice(0)) {
        await close().catch((error: unknown) => {
          failures.push(error)
          log.error({ what, reason: errorMessage(error) }, 'a part did not close')
        })
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}

/** How long a call's records wait for others' commit: nobody waits for them, and an originate leaves that much later. */
const gatherMs = 10

/** Composes and starts the daemon: configuration, store, PBXs, engine, API. What is open is closed again when it fails. */
export async function startDaemon(config: Config, { log, version }: { log: Log; version: string }): Promise<Daemon> {
  // Leads, records and recordings hold personal data: what the daemon writes is its owner's alone.
  process.umask(0o077)
  const closing = createClosing(log)
  try {
    // Before anything is opened: a rule that cannot be read must not cost a running system its start half-way.
    const laws = createLawFinder(loadRuleBook(config.rules))
    const store = await openSqliteStore({ file: config.store.path, gatherMs })
    closing.add('store', () => store.close())
    const newRules = await store.recordRules(laws.book, Date.now())
    const { dialer, telephonies } = openDialer(config, { log, store, closing, laws })
    let restored = false
    const importer = createImporter(store, { isDialing: () => dialer.gateway.callCount() > 0 })
    const server = await createServer({
      gateway: dialer.gateway,
      store,
      log,
      version,
      importer,
      health: () => readHealth(telephonies),
      ready: () => restored,
      nodeIds: config.nodes.map(node => node.nodeId),
      trunks: config.trunks,
      defaultCountry: config.defaultCountry,
      ...given({ token: config.api.token, seller: config.seller }),
    })
    closing.add('api', () => server.close())
    // The port first: when it is in use, nothing has been dialed.
    const url = await server.listen(config.api)
    await dialer.start()
    await applyCampaigns(dialer, config)
    // What an older law put off, the new one may permit.
    if (newRules) dialer.gateway.release({ reasons: releasableReasons })
    restored = true
    return createDaemon(url, { dialer, closing })
  } catch (error) {
    await closing.close().catch(() => {})
    throw error
  }
}

interface DialerParts {
  readonly log: Log
  readonly store: Store
  readonly closing: Closing
  readonly laws: LawFinder
}

function openDialer(
  config: Config,
  { log, store, closing, laws }: DialerParts,
): { dialer: Dialer; telephonies: readonly Telephony[] } {
  const clock = createSystemClock()
  const callIdPrefix = Date.now().toString(36)
  const telephonies = createTelephonies(config, { log, clock })
  for (const telephony of telephonies) closing.add(telephony.nodeId, () => telephony.close())
  const recorder =
    config.recorder === undefined
      ? undefined
      : openRecorder(config.recorder.path, callIdPrefix, error =>
          log.error({ reason: error.message }, 'the flight recorder has stopped'),
        )
  if (recorder !== undefined) closing.add('recorder', () => recorder.close())
  const dialer = createDialer({
    createPacer: recordingPacers(),
    clock,
    telephonies,
    store,
    log,
    callIdPrefix,
    laws,
    respectLine: config.respectLine,
    trunks: config.trunks,
    agents: config.agents,
    checkInvariants: config.debugInvariants,
    dayLimits: { caps: config.dayCaps, dayAround: at => dayIn(config.dayZones, at) },
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

/** Campaigns of the configuration are applied at every start: there the file has the last word. */
async function applyCampaigns({ gateway }: Dialer, { campaigns }: Config): Promise<void> {
  for (const settings of campaigns) {
    const answer = await gateway.command({ kind: 'campaign-apply', settings })
    if (!answer.accepted) throw new OperatingError(answer.code, `campaign ${settings.campaignId}: ${answer.message}`)
  }
}

function createDaemon(url: string, { dialer, closing }: { dialer: Dialer; closing: Closing }): Daemon {
  let stopping: Promise<void> | undefined
  // Agents wrap up their last calls over the API, so it stays until the engine has stopped.
  const stop = async (graceMs: number): Promise<void> => {
    await dialer.stop({ graceMs })
    await closing.close()
  }
  return {
    url,
    stop: graceMs => {
      stopping ??= stop(graceMs)
      return stopping
    },
  }
}
