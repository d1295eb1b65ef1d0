import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { flush } from './manifest.ts'

/** What is done with one of a database's files, known by the end of its name. */
export interface PlacingStep {
  /** `keep`: a copy goes aside. `aside`: it goes there itself. `place`: the new one takes the name; `replace`: from one that is kept. */
  readonly what: 'keep' | 'aside' | 'place' | 'replace'
  readonly ending: DatabaseEnding
}

/** How the names of a database and of what lies beside it end. */
export const databaseEndings = ['', '-wal', '-shm', '-lists', '-ledger', '-marker'] as const
/** One of them. */
export type DatabaseEnding = (typeof databaseEndings)[number]

const marker = '-marker'

/**
 * In which order a restored database takes the place of what is there. A cut may come between any two steps: a database or a marker is
 * there at every moment, for where neither is, a daemon begins an empty one. The new database comes last, without which none starts.
 */
export function placingSteps(
  there: readonly DatabaseEnding[],
  staged: readonly DatabaseEnding[],
): readonly PlacingStep[] {
  const aside = there.filter(ending => ending !== marker)
  const beside = staged.filter(ending => ending === '-lists' || ending === '-ledger')
  const moves: readonly PlacingStep[] = [
    ...aside.map((ending): PlacingStep => ({ what: 'aside', ending })),
    ...beside.map((ending): PlacingStep => ({ what: 'place', ending })),
  ]
  const database: PlacingStep = { what: 'place', ending: '' }
  return there.includes(marker)
    ? [{ what: 'keep', ending: marker }, ...moves, { what: 'replace', ending: marker }, database]
    : [{ what: 'place', ending: marker }, ...moves, database]
}

/** Moves what is there aside, the new one into its place, and gives where the old one is; whatever fails, everything is moved back. */
export function putInPlace(
  file: string,
  { staged, at }: { readonly staged: string; readonly at: number },
): string | undefined {
  const aside = `${file}-before-restore-${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}`
  const undo: (() => void)[] = []
  const endingsOf = (path: string) => databaseEndings.filter(ending => existsSync(`${path}${ending}`))
  const there = endingsOf(file)
  const act = ({ what, ending }: PlacingStep) => {
    const [place, old] = [`${file}${ending}`, join(aside, `${basename(file)}${ending}`)]
    if (what === 'keep') {
      copyFileSync(place, old)
      flush(old)
      undo.unshift(() => renameSync(old, place))
      return
    }
    const [from, to] = what === 'aside' ? [place, old] : [`${staged}${ending}`, place]
    renameSync(from, to)
    // Undone by what is kept, which takes its name back.
    if (what !== 'replace') undo.unshift(() => renameSync(to, from))
  }
  try {
    if (there.length > 0) {
      mkdirSync(aside, { mode: 0o700 })
      undo.unshift(() => rmSync(aside, { recursive: true }))
    }
    for (const step of placingSteps(there, endingsOf(staged))) act(step)
    flush(dirname(file))
  } catch (error) {
    for (const step of undo) step()
    throw error
  }
  return there.length > 0 ? aside : undefined
}
