/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The merge patch that makes `after` of `before` (RFC 7396): keys that are gone are null, lists are replaced whole. Undefined
 * where nothing has changed. A key whose value is null in `after` cannot be told from one that is not there; no answer has one.
 */
export function mergePatch(before: Json, after: Json): Json | undefined {
  if (!isObject(before) || !isObject(after)) return isSame(before, after) ? undefined : after
  // A lead's column may be called `__proto__`.
  const patch: Record<string, Json> = Object.create(null)
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) patch[key] = null
  for (const [key, value] of Object.entries(after)) {
    const change = Object.hasOwn(before, key) ? mergePatch(before[key] as Json, value) : value
    if (change !== undefined) patch[key] = change
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSame(before: Json, after: Json): boolean {
  return before === after || JSON.stringify(before) === JSON.stringify(after)
}
