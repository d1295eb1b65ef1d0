import type { Database } from 'better-sqlite3'
import { sellerKeyOf } from '../sellers.ts'

interface PersonKey {
  readonly personKey: number
}

/**
 * Forgets a person of whom no lead is left, nor any that has left for an archive, with the names under which they stand in the ledger: their key may serve again, and
 * nobody must come by a stranger's name. For the writer, after the lead is gone.
 */
export function prepareForgetPerson(database: Database): (personKey: number) => void {
  const remove = database.prepare<[PersonKey]>(
    `DELETE FROM person WHERE personKey = @personKey AND NOT EXISTS (SELECT 1 FROM lead WHERE personKey = @personKey)
       AND NOT EXISTS (SELECT 1 FROM personLeft WHERE personKey = @personKey)`,
  )
  const removeNames = database.prepare<[PersonKey]>('DELETE FROM personSubject WHERE personKey = @personKey')
  return personKey => {
    if (remove.run({ personKey }).changes > 0) removeNames.run({ personKey })
  }
}

/**
 * Forgets names of a person with sellers who have no lead of theirs any more: a campaign may have changed its seller since. After an
 * erasure nothing may lead back to what was said under such a name.
 */
export function prepareForgetNames(database: Database): (personKey: number) => void {
  const remove = database.prepare<[PersonKey]>(
    `DELETE FROM personSubject WHERE personKey = @personKey AND sellerKey NOT IN
       (SELECT ${sellerKeyOf('campaignSeller')}
        FROM (SELECT campaignKey FROM lead WHERE personKey = @personKey
          UNION SELECT campaignKey FROM personLeft WHERE personKey = @personKey)
          LEFT JOIN campaignSeller USING (campaignKey))`,
  )
  return personKey => void remove.run({ personKey })
}
