import { ConfigError } from '../errors.ts'
import { ConfigProblems } from './yamlFile.ts'

/** What was found wrong so far: parts do not know of each other, and all are told at once. */
export interface Findings {
  /** The part, or undefined where it is refused. */
  part<Part>(make: () => Part): Part | undefined
  readonly isClean: boolean
  /** @throws ConfigError where anything was refused */
  refuse(): void
}

/** Nothing is found yet. */
export function createFindings(): Findings {
  const errors: ConfigError[] = []
  return {
    part(make) {
      try {
        return make()
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        errors.push(error)
        return undefined
      }
    },
    get isClean() {
      return errors.length === 0
    },
    refuse() {
      const [first, ...others] = errors
      if (first === undefined) return
      if (others.length === 0) throw first
      throw new ConfigProblems(errors.flatMap(problemLines))
    },
  }
}

/** Everything that a refusal names, one line each. */
export function problemLines(error: ConfigError): readonly string[] {
  return error instanceof ConfigProblems ? error.all : [error.message]
}

/** Each by itself, so that all that are wrong are told; without findings the first one throws. */
export function parts<Written, Part>(
  written: readonly Written[],
  found: Findings | undefined,
  make: (one: Written, index: number) => Part,
): readonly Part[] {
  if (found === undefined) return written.map(make)
  return written.map((one, index) => found.part(() => make(one, index))).filter(part => part !== undefined)
}
