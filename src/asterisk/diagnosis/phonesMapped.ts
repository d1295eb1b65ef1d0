import { randomBytes } from 'node:crypto'
import type { AriReader } from './types.ts'

/** One of the third kind, `auth`, cannot be put without a log-in. */
const kinds = ['aor', 'endpoint'] as const

/**
 * Whether the PBX keeps phones in its memory that stand in none of its files. It says so of a write alone: one is put, under a
 * name that nobody knows and with nothing to log in by, and taken away again. Undefined: it did not say.
 */
export async function phonesMapped(ari: AriReader): Promise<boolean | undefined> {
  const statuses = await Promise.all(kinds.map(kind => tryKind(ari, kind)))
  if (statuses.some(status => status === 403)) return false
  return statuses.some(status => status === 200) ? true : undefined
}

async function tryKind(ari: AriReader, kind: string): Promise<number> {
  const path = `/asterisk/config/dynamic/res_pjsip/${kind}/dialwright-probe-${randomBytes(6).toString('hex')}`
  const status = await ari.send('PUT', path)
  if (status === 200) await ari.send('DELETE', path)
  return status
}
