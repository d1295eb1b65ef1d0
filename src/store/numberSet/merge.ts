import { addGroup, arrayMax, bitmapCount, type Group, groupOfBitmap } from './groups.ts'

/** A set and its changes, each ascending by key. */
export interface Change {
  readonly base: Iterable<Group>
  readonly add: Iterable<Group>
  readonly remove: Iterable<Group>
}

/** What a change did; complete when all groups have been taken. `kept`: numbers to be added and removed at once. */
export interface ChangeCounts {
  added: number
  removed: number
  kept: number
}

/**
 * The base with the additions and without the removals. A number that is named both ways stays: not to call somebody is
 * the mistake that harms less.
 */
export function* changeSet({ base, add, remove }: Change, counts: ChangeCounts): Iterable<Group> {
  const cursors = [cursorOf(base), cursorOf(add), cursorOf(remove)] as const
  for (;;) {
    const key = Math.min(...cursors.map(cursor => cursor.head?.key ?? Number.POSITIVE_INFINITY))
    if (key === Number.POSITIVE_INFINITY) return
    const [old, added, removed] = cursors.map(cursor => (cursor.head?.key === key ? cursor.head : undefined))
    const group = added === undefined && removed === undefined ? old : changeGroup(key, { old, added, removed }, counts)
    if (group !== undefined) yield group
    for (const cursor of cursors) if (cursor.head?.key === key) cursor.next()
  }
}

interface Cursor {
  head: Group | undefined
  next(): void
}

function cursorOf(groups: Iterable<Group>): Cursor {
  const iterator = groups[Symbol.iterator]()
  const take = () => {
    const { done, value } = iterator.next()
    return done ? undefined : value
  }
  const cursor: Cursor = {
    head: take(),
    next() {
      cursor.head = take()
    },
  }
  return cursor
}

type Part = Group | undefined

function changeGroup(
  key: number,
  { old, added, removed }: { old: Part; added: Part; removed: Part },
  counts: ChangeCounts,
): Part {
  const [before, plus, minus] = [old, added, removed].map(bitmapOf)
  const after = new Uint16Array(arrayMax)
  for (let at = 0; at < arrayMax; at += 1) {
    const [was, on, off] = [before?.[at] ?? 0, plus?.[at] ?? 0, minus?.[at] ?? 0]
    after[at] = (was & ~off) | on
  }
  counts.added += countBoth(after, before, false)
  counts.removed += before === undefined ? 0 : countBoth(before, after, false)
  counts.kept += plus === undefined ? 0 : countBoth(plus, minus, true)
  return groupOfBitmap(key, after)
}

function bitmapOf(group: Part): Uint16Array | undefined {
  if (group === undefined) return undefined
  const bitmap = new Uint16Array(arrayMax)
  addGroup(bitmap, group)
  return bitmap
}

/** How many bits of one stand in the other as well, or do not. */
function countBoth(one: Uint16Array, other: Uint16Array | undefined, both: boolean): number {
  const found = new Uint16Array(arrayMax)
  for (let at = 0; at < arrayMax; at += 1) {
    const there = other?.[at] ?? 0
    found[at] = (one[at] ?? 0) & (both ? there : ~there)
  }
  return bitmapCount(found)
}
