import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A seeded source of chance. Equal seeds give equal streams for ever. */
export interface Random {
  /** The next number, uniform in [0, 1). */
  uniform(): number
  /** The next number from the standard normal distribution. */
  normal(): number
}

/** The fractional part of the golden ratio, 32 bits: spreads neighbouring stream numbers over the seeds. */
const spread = 0x9e3779b9

/**
 * Makes a generator. Streams of one seed are independent of each other, so that one part of a simulation can draw more
 * without moving the others (common random numbers between policies).
 */
export function createRandom(seed: number, stream = 0): Random {
  const generator = xoroshiro128plus((seed ^ Math.imul(stream + 1, spread)) | 0)
  const warmUps = 16
  for (let i = 0; i < warmUps; i += 1) generator.next()
  let spare: number | undefined
  const uniform = () => uniformFloat64(generator)
  return {
    uniform,
    // Box and Muller's pair, one kept for the next call.
    normal() {
      if (spare !== undefined) {
        const kept = spare
        spare = undefined
        return kept
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
      const angle = 2 * Math.PI * uniform()
      spare = radius * Math.sin(angle)
      return radius * Math.cos(angle)
    },
  }
}
