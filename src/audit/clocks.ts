import { readFileSync } from 'node:fs'

/** The second reading of the shipped zone data: the audit takes nothing from the first but the file. */
const file = new URL('../numbers/data/zoneClocks.txt', import.meta.url)
/** From here on the file says nothing. */
const endsAt = Date.UTC(2038, 0, 1)

interface Clocks {
  /** Node's data are newer. */
  readonly outdated: boolean
  /** Lines by every name of their zone. */
  readonly lines: ReadonlyMap<string, string>
}

let read: Clocks | undefined

function clocks(): Clocks {
  if (read !== undefined) return read
  const all = readFileSync(file, 'utf8').split('\n')
  const version = all.find(line => line.startsWith('# tz '))?.slice(5) ?? ''
  const named = all
    .filter(line => line.includes('|') && !line.startsWith('#'))
    .flatMap(line =>
      line
        .slice(0, line.indexOf('|'))
        .split('=')
        .map(name => [name, line] as const),
    )
  read = { outdated: (process.versions.tz ?? '') > version, lines: new Map(named) }
  return read
}

const instants = new Map<string, readonly (readonly [until: number, minutes: number])[]>()

/** Minutes east of UTC in a zone by the shipped data; `undefined` where Node's have to say: a zone or a time that the file lacks, newer data. */
export function shippedOffset(at: number, zone: string): number | undefined {
  const { outdated, lines } = clocks()
  const line = lines.get(zone)
  if (outdated || at >= endsAt || line === undefined) return undefined
  const changes = instants.get(zone) ?? changesOf(line)
  instants.set(zone, changes)
  return changes.find(([until]) => at < until)?.[1]
}

function changesOf(line: string): readonly (readonly [number, number])[] {
  const [, offsets = '', order = '', ends = ''] = line.split('|')
  const minutes = offsets.split(' ')
  const gaps = ends.split(' ')
  let end = 0
  return [...order].map((digit, index) => {
    const isLast = index === order.length - 1
    end += isLast ? 0 : Number.parseInt(gaps[index] ?? '', 36)
    return [isLast ? Number.POSITIVE_INFINITY : end * 60_000, Number(minutes[Number.parseInt(digit, 36)])]
  })
}
