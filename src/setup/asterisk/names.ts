import { type ConfTree, readTree, type Section, sectionOf } from './confTree.ts'
import type { Part } from './layout.ts'
import type { Context } from './servers.ts'
import type { Shipped } from './wishes.ts'

/** Where our own files lie, below the configuration's folder. */
export const ownFolder = 'dialwright/'

/** Refuses what would meet ours by its name: a context, an endpoint, a user that somebody else has made. */
export function checkNames(
  tree: ConfTree,
  { part, shipped, context }: { part: Part; shipped: Shipped; context: Context },
): void {
  const kinds: Partial<Record<Part, string>> = { extensions: 'context', pjsip: 'section', manager: 'user', ari: 'user' }
  const kind = kinds[part]
  if (kind === undefined) return
  const ours = namesOf(part, { shipped, context })
  for (const { name, file, at } of tree.sections.filter(section => isForeign(section) && ours.has(section.name)))
    context.found.refusals.push(
      `${file} line ${at} has a ${kind} [${name}], which is a name of ours: give it another one there`,
    )
}

function namesOf(part: Part, { shipped, context }: { shipped: Shipped; context: Context }): ReadonlySet<string> {
  const { access } = context.wishes
  if (part === 'manager') return new Set([access.amiUser])
  if (part === 'ari') return new Set([access.ariUser])
  const files = { read: (path: string) => shipped.texts.get(path), matching: () => [] }
  return new Set(readTree(`${ownFolder}${part}.conf`, files).sections.map(({ name }) => name))
}

function isForeign({ file }: Section): boolean {
  return !file.startsWith(ownFolder)
}

/** The section of a SIP transport that we make. */
export const transportName = 'dialwright-transport'

/** Lines for a SIP transport, where one is wished; says so where there is none at all. */
export function transportLines(tree: ConfTree, { wishes, found }: Context): readonly string[] {
  const transports = tree.sections.filter(
    ({ isTemplate, entries }) =>
      !isTemplate && entries.some(({ key, value }) => key.toLowerCase() === 'type' && value === 'transport'),
  )
  const { transport } = wishes
  if (transport === undefined) {
    if (transports.length === 0)
      found.notes.push(
        'pjsip.conf has no transport: neither carrier nor phones can be reached; --transport 0.0.0.0:5060 makes one (behind a firewall), or write your own',
      )
    return []
  }
  if (sectionOf(tree, transportName) !== undefined) {
    found.refusals.push(`pjsip.conf has a section [${transportName}] already, which is a name of ours: rename it`)
    return []
  }
  const port = portOf(transport)
  const same = transports.find(({ entries }) =>
    entries.some(({ key, value }) => key.toLowerCase() === 'bind' && portOf(value) === port),
  )
  if (same !== undefined)
    found.refusals.push(
      `${same.file} line ${same.at} has the transport [${same.name}] at port ${port} already: leave --transport out`,
    )
  return [`[${transportName}]`, 'type = transport', 'protocol = udp', `bind = ${transport}`]
}

function portOf(bind: string): string {
  return /:(\d+)$/.exec(bind)?.[1] ?? '5060'
}
