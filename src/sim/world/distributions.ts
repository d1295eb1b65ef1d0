import type { Random } from './random.ts'

/** A distribution of durations in seconds, as scenario files write it. Means include the shift. */
export type Dist =
  | { readonly kind: 'fixed'; readonly value: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'lognormal'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'erlang'; readonly shift: number; readonly mean: number; readonly k: number }
  | {
      readonly kind: 'mixture'
      readonly parts: readonly { readonly weight: number; readonly dist: Dist }[]
    }

/** Draws one duration in seconds. */
export type Sampler = (random: Random) => number

function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random.uniform())
}

function lognormalSampler(mean: number, cv: number): Sampler {
  if (mean === 0) return () => 0
  const variance = Math.log(1 + cv * cv)
  const location = Math.log(mean) - variance / 2
  const scale = Math.sqrt(variance)
  return random => Math.exp(location + scale * random.normal())
}

function erlangSampler(shift: number, mean: number, k: number): Sampler {
  const stageMean = (mean - shift) / k
  return random => {
    let product = 1
    for (let stage = 0; stage < k; stage += 1) product *= 1 - random.uniform()
    return shift - stageMean * Math.log(product)
  }
}

function mixtureSampler(dist: Extract<Dist, { kind: 'mixture' }>): Sampler {
  const parts = dist.parts.map(part => ({ weight: part.weight, sample: sampler(part.dist) }))
  const total = parts.reduce((sum, part) => sum + part.weight, 0)
  return random => {
    let left = random.uniform() * total
    for (const part of parts) {
      left -= part.weight
      if (left < 0) return part.sample(random)
    }
    return parts.at(-1)?.sample(random) ?? 0
  }
}

/** Makes the function that draws from a distribution; every draw is finite and >= 0. */
export function sampler(dist: Dist): Sampler {
  switch (dist.kind) {
    case 'fixed':
      return () => dist.value
    case 'uniform':
      return random => dist.min + (dist.max - dist.min) * random.uniform()
    case 'exponential':
      return random => exponential(random, dist.mean)
    case 'lognormal':
      return lognormalSampler(dist.mean, dist.cv)
    case 'erlang':
      return erlangSampler(dist.shift, dist.mean, dist.k)
    case 'mixture':
      return mixtureSampler(dist)
  }
}

/** The mean of a distribution, seconds. */
export function meanOf(dist: Dist): number {
  switch (dist.kind) {
    case 'fixed':
      return dist.value
    case 'uniform':
      return (dist.min + dist.max) / 2
    case 'exponential':
    case 'lognormal':
    case 'erlang':
      return dist.mean
    case 'mixture': {
      const total = dist.parts.reduce((sum, part) => sum + part.weight, 0)
      return dist.parts.reduce((sum, part) => sum + part.weight * meanOf(part.dist), 0) / total
    }
  }
}
