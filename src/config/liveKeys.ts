/** When a change of a key counts: with a reload, or with the next start. */
export type KeyEffect = 'live' | 'restart'

/**
 * Every key of `dialwright.yaml`, or the nearest one above it, with when a change of it counts. `[]` stands for an entry of a list, and
 * says too what becomes of one that comes or goes. A test holds the table against the schema, another against docs/UPGRADE.md.
 */
export const keyEffects: Readonly<Record<string, KeyEffect>> = {
  'nodes[]': 'restart',
  'trunks[]': 'restart',
  'trunks[].stripPlus': 'live',
  'trunks[].channels': 'live',
  'trunks[].callsPerSecond': 'live',
  'trunks[].callerIds': 'live',
  'trunks[].maxCall': 'live',
  'agents[]': 'live',
  agentLanguage: 'restart',
  'transfers[]': 'restart',
  seller: 'restart',
  'campaigns[]': 'live',
  api: 'restart',
  store: 'restart',
  defaultCountry: 'restart',
  dayCaps: 'live',
  'dayCaps.zone': 'restart',
  'respectLine.maxCalls': 'live',
  phones: 'restart',
  rules: 'restart',
  alarms: 'restart',
  'log.level': 'live',
  recorder: 'restart',
  journal: 'restart',
  debugInvariants: 'restart',
}

/** What the table says of a key, `trunks[].channels`: of itself, or of the nearest one above it. Undefined: nothing. */
export function effectOf(key: string): KeyEffect | undefined {
  for (let at = key; at !== ''; at = at.replace(/(^|\.)[^.[]+$|\[\]$/, '')) {
    const effect = keyEffects[at]
    if (effect !== undefined) return effect
  }
  return undefined
}
