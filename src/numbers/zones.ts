import { readFileSync } from 'node:fs'
import type { PhoneNumber } from '../core/ids.ts'

type ZoneTable = ReadonlyMap<string, readonly string[]>

/** The build copies it beside the compiled file. */
const dataFolder = new URL('./data/', import.meta.url)

/** Longest prefix in the table; a test holds it. */
export const longestPrefix = 8

let table: ZoneTable | undefined

/**
 * The IANA zones in which a person with this number may be, by the longest prefix in Google's table with our
 * corrections; empty where it knows none. A mobile number of North America does not tell where its owner lives: its
 * prefix's zones are given.
 */
export function zonesOfNumber(number: PhoneNumber): readonly string[] {
  table ??= loadZoneTable()
  const digits = number.slice(1)
  for (let length = Math.min(digits.length, longestPrefix); length > 0; length -= 1) {
    const zones = table.get(digits.slice(0, length))
    if (zones !== undefined) return zones
  }
  return []
}

/** The table as shipped. */
export function loadZoneTable(): ZoneTable {
  const read = (file: string) => readZoneTable(readFileSync(new URL(file, dataFolder), 'utf8'))
  return corrected(read('map_data.txt'), read('corrections.txt'))
}

/** Reads lines `prefix|Zone&Zone`; `#` begins a comment. `Etc/Unknown` says that nothing is known. */
export function readZoneTable(text: string): ZoneTable {
  const zonesByPrefix = new Map<string, readonly string[]>()
  const interned = new Map<string, readonly string[]>()
  for (const line of text.split('\n')) {
    const bar = line.indexOf('|')
    if (bar <= 0 || line.startsWith('#')) continue
    const names = line.slice(bar + 1).trim()
    const zones = interned.get(names) ?? names.split('&').filter(name => name !== 'Etc/Unknown')
    interned.set(names, zones)
    zonesByPrefix.set(line.slice(0, bar), zones)
  }
  return zonesByPrefix
}

/** A correction stands for its prefix and everything longer. */
function corrected(table: ZoneTable, corrections: ZoneTable): ZoneTable {
  const covered = (prefix: string) =>
    Array.from(prefix, (_, index) => prefix.slice(0, index + 1)).some(shorter => corrections.has(shorter))
  return new Map([...[...table].filter(([prefix]) => !covered(prefix)), ...corrections])
}
