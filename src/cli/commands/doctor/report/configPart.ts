import { statfsSync, statSync } from 'node:fs'
import { availableParallelism, freemem, totalmem, uptime } from 'node:os'
import { dirname } from 'node:path'
import { type Config, isLoopback } from '../../../../config.ts'
import type { Plain, Prover, Pseudonyms } from './plain.ts'

/** How texts become words. */
export interface Words {
  readonly prover: Prover
  readonly names: Pseudonyms
}

/** The machine without its name. */
export function machinePart({ prover }: Words): Plain {
  return {
    node: prover.word(process.versions.node),
    platform: prover.word(process.platform),
    arch: prover.word(process.arch),
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    memoryFreeBytes: freemem(),
    upSeconds: Math.round(uptime()),
    timeZoneOffsetMinutes: -new Date().getTimezoneOffset(),
  }
}

/** The configuration as figures and choices: no address, no id, no name, no number, no path. */
export function configPart(config: Config, words: Words): Plain {
  const { prover, names } = words
  const { api, recorder, rules, log, dayCaps, respectLine, debugInvariants, seller } = config
  return {
    nodes: config.nodes.map(({ nodeId, ami, ari, hep }) => ({
      node: names.of('node', nodeId),
      ami: { loopback: isLoopback(ami.host), port: ami.port },
      ari: ariPart(ari.url),
      copies: { loopback: isLoopback(hep.host), port: hep.port },
    })),
    trunks: config.trunks.map(trunk => ({
      trunk: names.of('trunk', trunk.trunkId),
      node: names.of('node', trunk.nodeId),
      pjsip: trunk.dialString.startsWith('PJSIP/'),
      stripPlus: trunk.stripPlus,
      channelsMax: trunk.channelsMax,
      callsPerSecondMax: trunk.callsPerSecondMax,
      maxCallMs: trunk.maxCallMs,
      callerIds: trunk.callerIds.length,
    })),
    agents: config.agents.length,
    agentLanguage: prover.word(config.agentLanguage),
    campaigns: config.campaigns.length,
    api: { loopback: isLoopback(api.host), port: api.port, token: api.token !== undefined },
    recorder: recorder !== undefined,
    defaultCountry: prover.word(config.defaultCountry),
    seller: seller === undefined ? undefined : { place: prover.word(seller.place) },
    dayCaps: { attemptsMax: dayCaps.attemptsMax, minutesMax: dayCaps.minutesMax },
    respectLine: { callsMax: respectLine.callsMax },
    rules: {
      ownFiles: rules.folder !== undefined,
      overrides: rules.overrides.length,
      profiles: Object.keys(rules.profiles).length,
    },
    log: prover.word(log.level),
    debugInvariants,
    warnings: config.warnings.length,
  }
}

function ariPart(url: string): Plain {
  const { protocol, hostname, port } = new URL(url)
  return { loopback: isLoopback(hostname), tls: protocol === 'https:', port: port === '' ? undefined : Number(port) }
}

/** The database's files and their disk. */
export function filesPart({ store: { path } }: Config): Plain {
  const bytes = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.size
  return {
    bytes: bytes(path),
    logBytes: bytes(`${path}-wal`),
    reserveBytes: bytes(`${path}-reserve`),
    disk: diskPart(dirname(path)),
  }
}

function diskPart(folder: string): Plain {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return undefined
  const { bavail, blocks, bsize } = statfsSync(folder)
  return { bytes: blocks * bsize, freeBytes: bavail * bsize }
}
