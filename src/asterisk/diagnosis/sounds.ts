import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { AriReader } from './types.ts'

const pollMs = 20
const pollsMax = 100
/** A sound that cannot be opened is given up within a few milliseconds; one that is still played then is there. */
const provenAfterMs = 60

/**
 * Which of these sounds the PBX does not have. Its index is made when it starts, so what is not in there is played to nobody, in a
 * bridge of its own: files that came later count too.
 */
export async function missingSounds(ari: AriReader, names: readonly string[]): Promise<readonly string[]> {
  const wanted = [...new Set(names)]
  const known = await indexed(ari)
  const doubtful = wanted.filter(name => !known.has(name))
  if (doubtful.length === 0) return []
  const bridgeId = `dialwright-sounds-${randomUUID()}`
  await ari.send('POST', `/bridges/${bridgeId}?type=holding`)
  try {
    const missing: string[] = []
    for (const name of doubtful) if (!(await isPlayable(ari, { bridgeId, name }))) missing.push(name)
    return missing
  } finally {
    await ari.send('DELETE', `/bridges/${bridgeId}`)
  }
}

/** A folder beside the languages counts as a language there: `dialwright/beep` is `beep` in the language `dialwright`. */
async function indexed(ari: AriReader): Promise<ReadonlySet<string>> {
  const answer = await ari.get('/sounds')
  if ('status' in answer || !Array.isArray(answer.body)) return new Set()
  const sounds: readonly { readonly id?: unknown; readonly formats?: unknown }[] = answer.body
  return new Set(sounds.flatMap(({ id, formats }) => [String(id), ...languagesOf(formats).map(one => `${one}/${id}`)]))
}

function languagesOf(formats: unknown): readonly string[] {
  if (!Array.isArray(formats)) return []
  return formats.map((format: { readonly language?: unknown }) => String(format.language))
}

async function isPlayable(ari: AriReader, { bridgeId, name }: { bridgeId: string; name: string }): Promise<boolean> {
  const playbackId = `${bridgeId}-${randomUUID()}`
  const media = encodeURIComponent(`sound:${name}`)
  const status = await ari.send('POST', `/bridges/${bridgeId}/play/${playbackId}?media=${media}`)
  if (status >= 300) return false
  for (let polls = 0; polls < pollsMax; polls += 1) {
    const state = await stateOf(ari, playbackId)
    if (state === undefined) return false
    if (state === 'playing') {
      await delay(provenAfterMs)
      const isThere = (await stateOf(ari, playbackId)) === 'playing'
      if (isThere) await ari.send('DELETE', `/playbacks/${playbackId}`)
      return isThere
    }
    await delay(pollMs)
  }
  return true
}

async function stateOf(ari: AriReader, playbackId: string): Promise<string | undefined> {
  const answer = await ari.get(`/playbacks/${playbackId}`)
  if ('status' in answer || typeof answer.body !== 'object' || answer.body === null) return undefined
  return 'state' in answer.body ? String(answer.body.state) : undefined
}
