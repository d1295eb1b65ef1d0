import type { PbxHealth } from '../../ports/telephony.ts'
import { type AmiOptions, connectAmi } from '../ami/connection.ts'
import type { AmiLink } from '../ami/link.ts'
import { connectAri } from '../ari/connect.ts'
import type { AriOptions } from '../ari/http.ts'
import type { AriOperations } from '../ari/operations.ts'
import type { NodeContext } from '../context.ts'
import { hasCode } from '../errors.ts'

/** Modules without which something that we do fails. */
export const neededModules = [
  'app_controlplayback',
  'app_originate',
  'app_playback',
  'app_read',
  'app_stack',
  'app_stasis',
  'app_userevent',
  'bridge_holding',
  'bridge_simple',
  'chan_pjsip',
  'func_callerid',
  'func_channel',
  'func_db',
  'func_global',
  'func_hangupcause',
  'func_strings',
  'func_timeout',
  'res_ari_applications',
  'res_ari_asterisk',
  'res_ari_bridges',
  'res_ari_channels',
  'res_ari_events',
  'res_ari_playbacks',
  'res_hep_pjsip',
  'res_musiconhold',
  'res_stasis',
  'res_stasis_playback',
  'res_stasis_snoop',
] as const

/** Contexts of asterisk-conf's dialplan that legs are sent to. */
export const neededContexts = [
  'dialwright-answered',
  'dialwright-message',
  'dialwright-record',
  'dialwright-ended',
  'dialwright-unanswered',
  'dialwright-agents',
  'dialwright-agent',
  'dialwright-target',
  'dialwright-agent-gone',
  'dialwright-inbound',
] as const

/** How to ask: both interfaces, so that a health that is read proves both. */
export interface Ask {
  readonly ami: Pick<AmiLink, 'action' | 'list'>
  readonly ari: Pick<AriOperations, 'ping' | 'startedAt'>
}

/** Asks the PBX for what `doctor` and the board show. */
export async function readHealth({ ami, ari }: Ask): Promise<PbxHealth> {
  const [settings, status, modules, endpoints, contexts, startedAt, now] = await Promise.all([
    ami.action({ Action: 'CoreSettings' }),
    ami.action({ Action: 'CoreStatus' }),
    readAll(neededModules, module => isThere(() => ami.action({ Action: 'ModuleCheck', Module: `${module}.so` }))),
    readEndpoints(ami),
    readAll(neededContexts, context => isThere(() => ami.list({ Action: 'ShowDialPlan', Context: context }))),
    ari.startedAt(),
    ari.ping(),
  ])
  return {
    version: settings.asteriskversion ?? 'unknown',
    currentCalls: Number(status.corecurrentcalls ?? 0),
    uptimeSec: Math.max(0, Math.round((now - startedAt) / 1000)),
    modules,
    endpoints,
    contexts,
  }
}

async function readAll(names: readonly string[], read: (name: string) => Promise<boolean>) {
  return Object.fromEntries(await Promise.all(names.map(async name => [name, await read(name)] as const)))
}

/** The PBX answers a question about something that is not there with an error. */
async function isThere(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask()
    return true
  } catch (error) {
    if (hasCode(error, 'rejected')) return false
    throw error
  }
}

async function readEndpoints(ami: Ask['ami']): Promise<PbxHealth['endpoints']> {
  const listed = await ami.list({ Action: 'PJSIPShowEndpoints' })
  return Object.fromEntries(
    listed.flatMap(({ objectname, devicestate, contacts }) =>
      objectname === undefined
        ? []
        : [[objectname, { deviceState: devicestate ?? 'unknown', registered: Boolean(contacts) }] as const],
    ),
  )
}

/** As {@link readHealth}, over links of its own. */
export async function readHealthOnce(
  to: { readonly ami: AmiOptions; readonly ari: AriOptions },
  { clock, timing }: Pick<NodeContext, 'clock' | 'timing'>,
): Promise<PbxHealth> {
  const ami = await connectAmi(to.ami, { clock, timing, onEvent: () => {}, onClose: () => {} })
  try {
    const { operations, close } = await connectAri(to.ari, timing)
    try {
      return await readHealth({ ami, ari: operations })
    } finally {
      close()
    }
  } finally {
    ami.close()
  }
}
