import type { Database } from 'better-sqlite3'

/** The seller of a campaign that nobody has applied. */
export const noSellerKey = 1

/** For whom the campaign of a row calls: an expression over a LEFT JOIN of `campaignSeller`, which is `alias`. */
export function sellerKeyOf(alias: string): string {
  return `coalesce(${alias}.sellerKey, ${noSellerKey})`
}

/** What sellers are called, kept in memory: they are few, and a key never changes its meaning. */
export interface SellerLookups {
  name(sellerKey: number): string | undefined
  /** The key of the one seller whose campaigns somebody has applied; `undefined`: there are several. */
  only(): number | undefined
  /** Of what names no seller: empty where there are several. */
  unnamed(): '' | undefined
}

/** Prepares the look-ups on a connection. */
export function prepareSellerLookups(database: Database): SellerLookups {
  const name = database.prepare<[number], string>('SELECT sellerId FROM seller WHERE sellerKey = ?').pluck()
  const ends = database
    .prepare<[], [number | null, number | null]>(
      'SELECT (SELECT min(sellerKey) FROM campaignSeller), (SELECT max(sellerKey) FROM campaignSeller)',
    )
    .raw()
  const names = new Map<number, string>()

  function only(): number | undefined {
    const [first, last] = ends.get() ?? [null, null]
    return first === last ? (first ?? noSellerKey) : undefined
  }

  return {
    name(sellerKey) {
      const known = names.get(sellerKey) ?? name.get(sellerKey)
      if (known !== undefined) names.set(sellerKey, known)
      return known
    },
    only,
    unnamed: () => (only() === undefined ? '' : undefined),
  }
}

/** Finds a seller's key, making a row for a new one. For the writer: keys never change. */
export function prepareSellerKeys(database: Database): (sellerId: string) => number {
  const insert = database.prepare<[string]>('INSERT INTO seller (sellerId) VALUES (?) ON CONFLICT DO NOTHING')
  const select = database.prepare<[string], number>('SELECT sellerKey FROM seller WHERE sellerId = ?').pluck()
  return sellerId => select.get(sellerId) ?? Number(insert.run(sellerId).lastInsertRowid)
}

/** Says for whom a campaign calls; in the writer's transaction. */
export function prepareSellerChange(database: Database): (campaignKey: number, sellerId: string) => void {
  const sellerKeys = prepareSellerKeys(database)
  const { only } = prepareSellerLookups(database)
  const change = database.prepare<[number, number]>(
    'INSERT OR REPLACE INTO campaignSeller (campaignKey, sellerKey) VALUES (?, ?)',
  )
  // What was said while there was one seller was said to them.
  const give = database.prepare<[number]>('UPDATE permission SET sellerKey = ? WHERE sellerKey IS NULL')
  return (campaignKey, sellerId) => {
    const before = only()
    change.run(campaignKey, sellerKeys(sellerId))
    if (before !== undefined && only() === undefined) give.run(before)
  }
}
