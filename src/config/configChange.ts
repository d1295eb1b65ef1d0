import type { Config } from '../config.ts'
import { given } from '../core/given.ts'
import { effectOf, type KeyEffect } from './liveKeys.ts'

/** A key of the configuration that is not what it was. */
export interface ConfigChange {
  /** As people find it, entries of lists by their id: `trunks.main.channels`. */
  readonly key: string
  /** As written before and now; absent: it was or is not there. A secret is never shown. */
  readonly before?: string
  readonly after?: string
  readonly effect: KeyEffect
}

const notShown = '(not shown)'
const secretKey = /(^|\.)(secret|token|webhook|webhook\.url)$/

interface Leaf {
  /** The key as the table of effects has it. */
  readonly pattern: string
  readonly written: string
}

/** What differs between two documents of a configuration, in the order of their keys; `ignored`: keys that somebody else compares. */
export function configChanges(
  before: unknown,
  after: unknown,
  ignored: readonly string[] = [],
): readonly ConfigChange[] {
  const was = leavesOf(before)
  const is = leavesOf(after)
  const changes: ConfigChange[] = []
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const [old, now] = [was.get(key), is.get(key)]
    if (old?.written === now?.written || ignored.some(name => key === name || key.startsWith(`${name}.`))) continue
    const pattern = now?.pattern ?? old?.pattern ?? key
    // What has no line in the table is not known to be safe.
    const effect = effectOf(entryEffectKey(key, pattern, { was, is })) ?? 'restart'
    changes.push({ key, effect, ...given({ before: shown(key, old), after: shown(key, now) }) })
  }
  return changes
}

/** A key of an entry that is new or gone counts when its entry does. */
function entryEffectKey(
  key: string,
  pattern: string,
  sides: { readonly was: ReadonlyMap<string, Leaf>; readonly is: ReadonlyMap<string, Leaf> },
): string {
  const entry = /^([^[]+)\[\]/.exec(pattern)
  if (entry === null) return pattern
  const [list = '', id = ''] = key.split('.')
  const hasIt = (side: ReadonlyMap<string, Leaf>): boolean => side.has(`${list}.${id}.id`)
  return hasIt(sides.was) && hasIt(sides.is) ? pattern : `${list}[]`
}

function shown(key: string, leaf: Leaf | undefined): string | undefined {
  if (leaf === undefined) return undefined
  return isSecretKey(key) ? notShown : leaf.written
}

/** Whether what stands under this key is told to nobody. */
export function isSecretKey(key: string): boolean {
  return secretKey.test(key)
}

/** Secrets that are not what they were although the document is: their file or the environment has others. */
export function hiddenSecrets(
  before: SecretHolders,
  after: SecretHolders,
  told: readonly ConfigChange[],
): readonly ConfigChange[] {
  const was = secretsOf(before)
  const isTold = (key: string): boolean => told.some(change => change.key.startsWith(key))
  return [...secretsOf(after)]
    .filter(([key, secret]) => was.has(key) && was.get(key) !== secret && !isTold(key))
    .map(([key]) => ({ key, before: notShown, after: notShown, effect: 'restart' }))
}

type SecretHolders = Pick<Config, 'nodes' | 'api' | 'alarms' | 'phones'>

function secretsOf({ nodes, api, alarms, phones }: SecretHolders): ReadonlyMap<string, string> {
  const secrets = new Map([['api.token', api.token ?? '']])
  for (const { nodeId, ami, ari } of nodes) {
    secrets.set(`nodes.${nodeId}.ami.secret`, ami.secret)
    secrets.set(`nodes.${nodeId}.ari.secret`, ari.secret)
  }
  if (phones.turn !== undefined) secrets.set('phones.turn.secret', phones.turn.secret)
  if (alarms.webhook !== undefined) secrets.set('alarms.webhook.secret', alarms.webhook.secret)
  return secrets
}

function leavesOf(document: unknown): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>()
  collect(document, { key: '', pattern: '' }, leaves)
  return leaves
}

function collect(
  value: unknown,
  at: { readonly key: string; readonly pattern: string },
  leaves: Map<string, Leaf>,
): void {
  if (value === undefined) return
  const inner = (name: string, pattern: string) => ({ key: at.key === '' ? name : `${at.key}.${name}`, pattern })
  if (isList(value)) {
    for (const entry of value) collect(entry, inner(entry.id, `${at.pattern}[]`), leaves)
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, part] of Object.entries(value))
      collect(part, inner(name, at.pattern === '' ? name : `${at.pattern}.${name}`), leaves)
  } else leaves.set(at.key, { pattern: at.pattern, written: typeof value === 'string' ? value : JSON.stringify(value) })
}

/** Entries that are known by their id; any other list is a value. */
function isList(value: unknown): value is readonly { readonly id: string }[] {
  if (!Array.isArray(value) || value.length === 0) return false
  return value.every(
    (entry: unknown) => typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'string',
  )
}
