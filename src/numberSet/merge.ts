import {
  addGroup,
  arrayMax,
  bitmapAdd,
  bitmapHas,
  bitmapRemove,
  type Group,
  groupHas,
  groupOfBitmap,
  lowsOf,
} from './groups.ts'

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
  // One bitmap for all groups: whoever takes a group is done with it before the next.
  const bitmap = new Uint16Array(arrayMax)
  for (;;) {
    const key = Math.min(...cursors.map(cursor => cursor.head?.key ?? Number.POSITIVE_INFINITY))
    if (key === Number.POSITIVE_INFINITY) return
    const [old, added, removed] = cursors.map(cursor => (cursor.head?.key === key ? cursor.head : undefined))
    const group = added === undefined && removed === undefined ? old : changed(key, bitmap, { old, added, removed })
    if (group !== undefined) yield group
    for (const cursor of cursors) if (cursor.head?.key === key) cursor.next()
  }

  function changed(key: number, bitmap: Uint16Array, { old, added, removed }: Parts): Group | undefined {
    bitmap.fill(0)
    if (old !== undefined) addGroup(bitmap, old)
    for (const low of removed === undefined ? [] : lowsOf(removed)) {
      if (added !== undefined && groupHas(added, low)) counts.kept += 1
      else if (bitmapHas(bitmap, low)) {
        bitmapRemove(bitmap, low)
        counts.removed += 1
      }
    }
    for (const low of added === undefined ? [] : lowsOf(added)) {
      if (bitmapHas(bitmap, low)) continue
      bitmapAdd(bitmap, low)
      counts.added += 1
    }
    return groupOfBitmap(key, bitmap)
  }
}

interface Parts {
  readonly old: Group | undefined
  readonly added: Group | undefined
  readonly removed: Group | undefined
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
