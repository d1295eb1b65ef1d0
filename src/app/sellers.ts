import { ApiError } from '../api/apiError.ts'
import type { AppContext } from './context.ts'

/** The sellers for whom campaigns call, by name. */
export function sellersOf({ gateway }: Pick<AppContext, 'gateway'>): readonly string[] {
  return [...new Set(gateway.campaigns().map(({ settings }) => settings.seller.sellerId))].sort()
}

/**
 * Whose a permission is that names this seller, or none: what one seller was permitted lifts nothing for another, so nobody guesses.
 * `undefined`: there is one seller at most, and it is theirs. @throws ApiError 422
 */
export function sellerOf(context: Pick<AppContext, 'gateway'>, named: string | undefined): string | undefined {
  const sellers = sellersOf(context)
  if (named === undefined) {
    if (sellers.length < 2) return undefined
    const message = `campaigns call for ${sellers.join(', ')}: say to which of them it was given (seller)`
    throw new ApiError(422, 'seller-not-stated', message)
  }
  if (sellers.length === 0 || sellers.includes(named)) return named
  throw new ApiError(422, 'unknown-seller', `no campaign calls for "${named}": there is ${sellers.join(', ')}`)
}
