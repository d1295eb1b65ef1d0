import { InputError } from '../errors.ts'
import { arrayMax, bitmapAdd, type Group, groupOfBitmap, groupSpan, keyOf } from './groups.ts'

/** More groups than a list of telephone numbers has: beyond it the numbers are no list, and would fill the memory. */
const groupsMaxDefault = 2_000_000
const firstLength = 16

/** A set of numbers while it is being gathered, in any order and with repetitions. At most 8 KiB a group. */
export interface NumberSetBuilder {
  /** @throws InputError `too-scattered` */
  add(integer: number): void
  /** The set, ascending; a group at a time. Ends the gathering. */
  groups(): Iterable<Group>
}

/** A group while it is being gathered: values as they come, later a bitmap. */
interface OpenGroup {
  words: Uint16Array
  length: number
  bitmap: boolean
}

/** An empty set. */
export function createNumberSet({
  groupsMax = groupsMaxDefault,
}: {
  readonly groupsMax?: number
} = {}): NumberSetBuilder {
  const open = new Map<number, OpenGroup>()
  let lastKey = Number.NaN
  let last = newGroup()

  function find(key: number): OpenGroup {
    const found = open.get(key)
    if (found !== undefined) return found
    if (open.size === groupsMax) {
      const message = `the numbers lie too far apart to be a list of telephone numbers (more than ${groupsMax} blocks of 65536): check the columns of the file`
      throw new InputError('too-scattered', message)
    }
    const made = newGroup()
    open.set(key, made)
    return made
  }

  return {
    add(integer) {
      const key = keyOf(integer)
      if (key !== lastKey) {
        last = find(key)
        lastKey = key
      }
      addTo(last, integer - key * groupSpan)
    },
    *groups() {
      const keys = Float64Array.from(open.keys()).sort()
      for (const key of keys) {
        const group = open.get(key)
        if (group === undefined) continue
        const closed = closeGroup(key, group)
        if (closed !== undefined) yield closed
      }
    },
  }
}

function newGroup(): OpenGroup {
  return { words: new Uint16Array(firstLength), length: 0, bitmap: false }
}

function addTo(group: OpenGroup, low: number): void {
  if (!group.bitmap && group.length === group.words.length) grow(group)
  if (group.bitmap) {
    bitmapAdd(group.words, low)
    return
  }
  group.words[group.length] = low
  group.length += 1
}

function grow(group: OpenGroup): void {
  if (group.length < arrayMax) {
    const longer = new Uint16Array(group.words.length * 2)
    longer.set(group.words)
    group.words = longer
    return
  }
  const bitmap = new Uint16Array(arrayMax)
  for (const low of group.words) bitmapAdd(bitmap, low)
  group.words = bitmap
  group.bitmap = true
}

function closeGroup(key: number, group: OpenGroup): Group | undefined {
  if (group.bitmap) return groupOfBitmap(key, group.words)
  const sorted = group.words.subarray(0, group.length).sort()
  let count = 0
  for (const low of sorted) {
    if (count > 0 && sorted[count - 1] === low) continue
    sorted[count] = low
    count += 1
  }
  return count === 0 ? undefined : { key, count, words: sorted }
}
