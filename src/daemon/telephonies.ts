import type { NodeHealth } from '../api/system.ts'
import type { Owner } from '../asterisk/link/owner.ts'
import { createAsteriskTelephony } from '../asterisk/telephony.ts'
import type { Config } from '../config.ts'
import { given } from '../core/given.ts'
import { errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'
import { createIncomingNumberReader } from '../numbers/incoming.ts'
import type { Clock } from '../ports/clock.ts'
import type { NodeLatency } from '../ports/measures.ts'
import type { NodeSounds, Telephony } from '../ports/telephony.ts'

export { readAhead } from '../asterisk/ari/connect.ts'

/** The Stasis application's name in asterisk-conf's dialplan. */
const ariApplication = 'dialwright'

/** The SIP endpoint that a dial string leads to: `trunk-main` of `PJSIP/{number}@trunk-main` and of `PJSIP/trunk-main/sip:...`. */
export function trunkEndpoint(dialString: string): string {
  const [, target = ''] = /^[^/]+\/(.*)$/.exec(dialString) ?? []
  const at = target.lastIndexOf('@')
  return target.startsWith('{number}') && at >= 0 ? target.slice(at + 1) : (target.split('/')[0] ?? target)
}

/** One telephony a node of the configuration, not yet linked up. */
export function createTelephonies(
  config: Config,
  { owner, ...parts }: { readonly log: Log; readonly clock: Clock; readonly owner?: Owner },
): readonly Telephony[] {
  return config.nodes.map(({ nodeId, ami, ari, hep }) => {
    const trunks = config.trunks.filter(trunk => trunk.nodeId === nodeId)
    const trunkEndpoints = [...new Set(trunks.map(trunk => trunkEndpoint(trunk.dialString)))]
    const incoming = {
      number: createIncomingNumberReader(config.defaultCountry),
      trunkId: (endpoint: string) => trunks.find(trunk => trunkEndpoint(trunk.dialString) === endpoint)?.trunkId,
    }
    const options = {
      nodeId,
      ami,
      ari: { ...ari, app: ariApplication },
      sipCapture: hep,
      trunkEndpoints,
      incoming,
      ...given({ owner }),
    }
    return createAsteriskTelephony(options, parts)
  })
}

/** Asks every PBX how it is; what cannot be asked is part of the answer. */
export function readHealth(telephonies: readonly Telephony[]): Promise<readonly NodeHealth[]> {
  return Promise.all(
    telephonies.map(async (telephony): Promise<NodeHealth> => {
      const { nodeId } = telephony
      try {
        return { nodeId, reachable: true, ...(await telephony.health()) }
      } catch (error) {
        return { nodeId, reachable: false, message: errorMessage(error) }
      }
    }),
  )
}

/** How long the PBXs took to answer since the start. */
export function readLatencies(telephonies: readonly Telephony[]): readonly NodeLatency[] {
  return telephonies.flatMap(telephony => {
    const latency = telephony.latency?.()
    return latency === undefined ? [] : [{ nodeId: telephony.nodeId, ...latency }]
  })
}

/** Whoever applies a campaign waits so long for a PBX. */
const soundsLimitMs = 5_000

/** Asks these PBXs which of the sounds they lack; one that is away, or says nothing in time, is not waited for. */
export function readSounds(
  telephonies: readonly Telephony[],
  { nodeIds, names }: { readonly nodeIds: ReadonlySet<string>; readonly names: readonly string[] },
): Promise<readonly NodeSounds[]> {
  const wanted = telephonies.filter(({ nodeId }) => nodeIds.has(nodeId))
  return Promise.all(
    wanted.map(async (telephony): Promise<NodeSounds> => {
      const { nodeId } = telephony
      const answer = telephony.missingSounds?.(names).catch(() => undefined) ?? []
      return { nodeId, missing: await Promise.race([answer, afterLimit()]) }
    }),
  )
}

function afterLimit(): Promise<undefined> {
  return new Promise(resolve => setTimeout(() => resolve(undefined), soundsLimitMs).unref())
}
