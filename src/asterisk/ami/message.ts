/** One message of the manager interface: header names in lower case. A header that repeats is joined by newlines. */
export type AmiMessage = Readonly<Record<string, string | undefined>>

/** Reads what asterisk-manager made of a message. */
export function readMessage(raw: Readonly<Record<string, unknown>>): AmiMessage {
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, readValue(value)]))
}

/**
 * asterisk-manager turns `Variable: a=b` into an object for ChanVariable's sake, and so mangles VarSet, whose
 * `Variable: name` has no value in it: undone here.
 */
function readValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join('\n')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, inner]) => (inner === '' ? name : `${name}=${String(inner)}`))
    .join('\n')
}
