import { signal } from '@preact/signals'

/** What keys do, with the key of each as it comes. F1 lists them. */
const usual = {
  keys: 'F1',
  mute: 'F2',
  next: 'F3',
  hold: 'F4',
  help: 'F6',
  breather: 'F7',
  outcome: 'F8',
  end: 'F9',
  more: 'F10',
} as const

/** Something that a key does at the desk. */
export type Deed = keyof typeof usual

/** All of them, as they are listed. */
export const deeds = Object.keys(usual) as readonly Deed[]

const kept = 'dialwright.keys'
/** Letters and digits are for writing (WCAG 2.1.4); F5, F11 and F12 are the browser's, and F1 is where all are found again. */
const free = /^(?:F(?:[2-46-9]|10)|Insert|Pause|ScrollLock)$/

const chosen = signal<Readonly<Record<Deed, string>>>({ ...usual, ...stored() })

function stored(): Partial<Record<Deed, string>> {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(kept) ?? '{}')
    const entries = Object.entries(found ?? {}).filter(([deed, key]) => deed in usual && free.test(String(key)))
    const isOnce = new Set(entries.map(([, key]) => key)).size === entries.length
    return isOnce ? Object.fromEntries(entries) : {}
  } catch {
    return {}
  }
}

/** The key of a deed, as it stands on keyboards. */
export function keyOf(deed: Deed): string {
  return chosen.value[deed]
}

/** What a key press asks for; a key that is held down, or goes with another, means something else. */
export function deedOf(event: KeyboardEvent): Deed | undefined {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return undefined
  return deeds.find(deed => chosen.value[deed] === event.key)
}

/** Gives a deed another key; the deed that had it gets the one that became free. False: the key cannot be had. */
export function changeKey(deed: Deed, key: string): boolean {
  if (deed === 'keys' || !free.test(key)) return false
  const before = chosen.value
  const other = deeds.find(one => before[one] === key)
  const swapped = other === undefined ? before : { ...before, [other]: before[deed] }
  chosen.value = { ...swapped, [deed]: key }
  const changed = deeds.filter(one => chosen.value[one] !== usual[one]).map(one => [one, chosen.value[one]])
  localStorage.setItem(kept, JSON.stringify(Object.fromEntries(changed)))
  return true
}

/** All keys as they come. */
export function resetKeys(): void {
  chosen.value = usual
  localStorage.removeItem(kept)
}
