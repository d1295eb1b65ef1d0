import { given } from '../../core/given.ts'
import type { NodeId } from '../../core/ids.ts'
import type { AmiConnection, AmiOptions } from '../ami/connection.ts'
import type { AriOptions } from '../ari/http.ts'
import type { SipCaptureAddress } from '../capture/hep.ts'
import { hasCode } from '../errors.ts'
import { neededContexts, neededModules } from '../link/health.ts'
import { readOwner, type WrittenOwner } from '../link/owner.ts'
import { tryAmi } from './amiFault.ts'
import { tryAri } from './ariFault.ts'
import { phonesMapped } from './phonesMapped.ts'
import { listenForCopies, type SipCopies } from './sipCopies.ts'
import { missingSounds } from './sounds.ts'
import { diagnoseThoroughly, type ThoroughDiagnosis } from './thorough.ts'
import type { AriReader, DiagnosisParts, LinkFault } from './types.ts'

/** Which PBX, and what of it is looked at. */
export interface DiagnosisOrder {
  readonly nodeId: NodeId
  readonly ami: AmiOptions
  readonly ari: Pick<AriOptions, 'url' | 'user' | 'secret'>
  readonly sipCapture: SipCaptureAddress
  /** Names without extension. */
  readonly sounds: readonly string[]
  /** The trunks' SIP endpoints. */
  readonly trunkEndpoints: readonly string[]
  /** Whether phones are made here that stand in none of its files. */
  readonly makesPhones: boolean
  /** Present: look at all that the documents name, these endpoints of agents among it. */
  readonly thorough?: { readonly agentEndpoints: readonly string[] }
}

/** All that can be said of a PBX at once: what one way does not tell, the other may. */
export interface Diagnosis {
  readonly nodeId: NodeId
  readonly amiFault?: LinkFault
  readonly ariFault?: LinkFault
  readonly version?: string
  readonly calls?: number
  readonly modulesMissing?: readonly string[]
  readonly contextsMissing?: readonly string[]
  /** SIP endpoints with whether a phone or carrier can be reached; absent: nobody can be asked. */
  readonly endpoints?: ReadonlyMap<string, boolean>
  readonly soundsMissing?: readonly string[]
  readonly copies?: SipCopies
  /** Whether it keeps phones that stand in no file; absent: they all do, or it did not say. */
  readonly phonesMapped?: boolean
  /** PBX's clock minus ours, ms. */
  readonly clockAheadMs?: number
  readonly owner?: WrittenOwner
  /** Age of the owner's heart-beat by the PBX's clock, ms. */
  readonly beatAgeMs?: number
  /** Present where it was ordered and AMI could be asked. */
  readonly all?: ThoroughDiagnosis
}

/** Looks at everything, changes nothing and opens no event socket: whoever drives the PBX does not notice. */
export async function diagnose(order: DiagnosisOrder, parts: DiagnosisParts): Promise<Diagnosis> {
  const { nodeId } = order
  const ami = await tryAmi(order.ami, parts)
  const asked = Date.now()
  const ari = await tryAri(order.ari, ami.connection !== undefined)
  const clockAheadMs =
    ari.reader === undefined ? undefined : clockAhead({ asked, pbxAt: ari.pbxAt, answered: Date.now() })
  try {
    const [byAmi, byAri] = await Promise.all([
      ami.connection === undefined ? { amiFault: ami.fault } : readAmi(ami.connection, order),
      ari.reader === undefined ? { ariFault: ari.fault } : readAri(ari.reader, order, ari.pbxAt),
    ])
    return { nodeId, ...byAmi, ...byAri, ...given({ clockAheadMs }) }
  } finally {
    ami.connection?.close()
  }
}

/** The answer was written somewhere between question and answer: inside that the clocks agree. */
function clockAhead({ asked, pbxAt, answered }: { asked: number; pbxAt: number; answered: number }): number {
  // ARI writes whole seconds in some versions.
  if (pbxAt >= asked - 1_000 && pbxAt <= answered) return 0
  return Math.round(pbxAt - (asked + answered) / 2)
}

async function readAmi(
  ami: AmiConnection,
  { sipCapture, trunkEndpoints, thorough }: DiagnosisOrder,
): Promise<Partial<Diagnosis>> {
  const [settings, status, modulesMissing, contextsMissing, copies, all] = await Promise.all([
    ami.action({ Action: 'CoreSettings' }),
    ami.action({ Action: 'CoreStatus' }),
    missingOf(neededModules, module => ami.action({ Action: 'ModuleCheck', Module: `${module}.so` })),
    missingOf(neededContexts, context => ami.list({ Action: 'ShowDialPlan', Context: context })),
    listenForCopies(sipCapture, { ami, endpoints: trunkEndpoints }),
    thorough && diagnoseThoroughly(ami, [...trunkEndpoints, ...thorough.agentEndpoints]),
  ])
  return {
    version: settings.asteriskversion ?? 'unknown',
    calls: Number(status.corecurrentcalls ?? 0),
    modulesMissing,
    contextsMissing,
    copies,
    ...given({ all }),
  }
}

/** The PBX answers a question about something that is not there with an error. */
async function missingOf(
  names: readonly string[],
  ask: (name: string) => Promise<unknown>,
): Promise<readonly string[]> {
  const found = await Promise.all(
    names.map(async name => {
      try {
        await ask(name)
        return []
      } catch (error) {
        if (hasCode(error, 'rejected')) return [name]
        throw error
      }
    }),
  )
  return found.flat()
}

async function readAri(
  ari: AriReader,
  { sounds, makesPhones }: DiagnosisOrder,
  pbxAt: number,
): Promise<Partial<Diagnosis>> {
  const [endpoints, name, beat, soundsMissing, mapped] = await Promise.all([
    readEndpoints(ari),
    readGlobal(ari, 'DIALWRIGHT_OWNER'),
    readGlobal(ari, 'DIALWRIGHT_ALIVE'),
    missingSounds(ari, sounds),
    makesPhones ? phonesMapped(ari) : undefined,
  ])
  const owner = readOwner(name)
  return {
    soundsMissing,
    ...given({ phonesMapped: mapped }),
    ...given({ endpoints, owner, beatAgeMs: /^\d+$/.test(beat) ? pbxAt - Number(beat) * 1000 : undefined }),
  }
}

/** Over ARI, because AMI takes ten times as long for it. Without PJSIP there is no such list. */
async function readEndpoints(ari: AriReader): Promise<ReadonlyMap<string, boolean> | undefined> {
  const answer = await ari.get('/endpoints/PJSIP')
  if ('status' in answer || !Array.isArray(answer.body)) return undefined
  const listed: readonly { readonly resource?: unknown; readonly state?: unknown }[] = answer.body
  return new Map(listed.map(({ resource, state }) => [String(resource), state === 'online']))
}

async function readGlobal(ari: AriReader, variable: string): Promise<string> {
  const answer = await ari.get(`/asterisk/variable?variable=${variable}`)
  if ('status' in answer || typeof answer.body !== 'object' || answer.body === null) return ''
  return 'value' in answer.body ? String(answer.body.value) : ''
}
