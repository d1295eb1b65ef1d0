import { ApiError, obeyed } from '../api/apiError.ts'
import {
  type CheckView,
  type ListsView,
  type PrefixView,
  type RemovedView,
  viewCheck,
  viewList,
  viewPrefix,
} from '../api/doNotCall.ts'
import { hasPerSellerLists } from '../core/compliance/law.ts'
import type { Place, RuleBook } from '../core/compliance/rules.ts'
import { given } from '../core/given.ts'
import type { PhoneNumber } from '../core/ids.ts'
import { dayMs } from '../core/time.ts'
import { InputError } from '../errors.ts'
import { createPrefixReader, prefixProblem } from '../numbers/prefix.ts'
import { companyList, sellerList } from '../ports/bulkLists.ts'
import type { RecyclingReport } from '../ports/leadUpkeep.ts'
import type { AppContext } from './context.ts'
import { filesOf } from './files.ts'

/** A number in E.164, or the beginning of numbers, `+1900`, where it was written with a star. */
type Target = { readonly number: PhoneNumber } | { readonly prefix: string }

function readTarget({ readNumber, defaultCountry }: AppContext, written: string): Target {
  if (!written.trim().endsWith('*')) return { number: readNumber(written) }
  const digits = createPrefixReader(defaultCountry)(written)
  if (digits === undefined) throw new InputError('bad-prefix', `"${written}" ${prefixProblem}`)
  return { prefix: `+${digits}` }
}

/** Puts a number, or all that begin so, on the company's list: on disk before this resolves, and no originate follows. */
export async function listNumber(
  context: AppContext,
  written: string,
  { note, seller }: { readonly note?: string; readonly seller?: string } = {},
): Promise<CheckView | PrefixView> {
  const { gateway, store } = context
  const target = readTarget(context, written)
  if (seller !== undefined) checkSeller(context, target, seller)
  if ('number' in target) {
    await gateway.refuse({ way: 'operator', number: target.number, ...given({ note, seller }) })
    return check(context, target.number)
  }
  const { prefix } = target
  await gateway.refuse({ way: 'operator-prefix', prefix, ...given({ note }) })
  const found = (await store.doNotCallPrefixes()).find(one => one.prefix === prefix)
  return viewPrefix(found ?? { prefix, source: 'operator', at: gateway.now(), ...given({ note }) })
}

/** A refusal for one seller alone is written where somebody has signed for such lists, and for a seller who calls. */
function checkSeller({ gateway }: AppContext, target: Target, seller: string): void {
  if (!('number' in target)) {
    const message = `${target.prefix}* is no person's: a prefix ends the calls of every seller, leave the seller out`
    throw new ApiError(422, 'contradiction', message)
  }
  if (!hasPerSellerLists(gateway.laws.book)) {
    const message =
      'here every refusal binds every seller: leave the seller out, or sign for lists per seller (rules: overrides: of the lines `refusal`, set: { binds: seller })'
    throw new ApiError(422, 'not-signed', message)
  }
  const sellers = new Set(gateway.campaigns().map(({ settings }) => settings.seller.sellerId))
  if (sellers.has(seller)) return
  const known = [...sellers].sort().join(', ')
  throw new ApiError(422, 'unknown-seller', `no campaign calls for "${seller}": name one of ${known}`)
}

/**
 * Takes a number off the list of one seller, or off the next of the company's own lists by their meaning; or a prefix off the
 * company's. `by`: who answers for it.
 */
export async function unlistNumber(
  context: AppContext,
  written: string,
  { by, seller }: { readonly by: string; readonly seller?: string },
): Promise<RemovedView> {
  const { store } = context
  const target = readTarget(context, written)
  if (!('number' in target)) {
    if (seller === undefined && (await store.removeDoNotCallPrefix(target.prefix, by)))
      return { done: true, list: companyList }
    throw new ApiError(404, 'not-listed', `${target.prefix}* is no prefix on the company's do-not-call list`)
  }
  const { number } = target
  const list = await store.removeDoNotCall(number, by, seller === undefined ? undefined : sellerList(seller))
  if (list !== undefined) return { done: true, list }
  if (seller === undefined) return refuseRemoval(context, number)
  throw new ApiError(404, 'not-listed', `${number} is not on the do-not-call list of the seller ${seller}`)
}

async function refuseRemoval({ store }: AppContext, number: PhoneNumber): Promise<never> {
  const entry = await store.doNotCallEntry(number)
  if (entry === undefined) throw new ApiError(404, 'not-listed', `${number} is on no do-not-call list`)
  if (entry.through !== undefined) {
    const message = `${number} is blocked by what its person said at ${entry.through} (list ${entry.list}): take that number off, or leave it`
    throw new ApiError(409, 'person-listed', message)
  }
  if (entry.list === companyList) {
    const message = `${number} is blocked by a prefix (${entry.note}): remove that prefix, or leave it`
    throw new ApiError(409, 'prefix-listed', message)
  }
  throw new ApiError(
    409,
    'list-imported',
    `${number} is on the imported list ${entry.list}: import a change that removes it (--delta remove), or the list without it`,
  )
}

/** Every list that holds a number. */
export function checkNumber(context: AppContext, written: string): Promise<CheckView> {
  return check(context, context.readNumber(written))
}

async function check({ store }: AppContext, number: PhoneNumber): Promise<CheckView> {
  const entry = await store.doNotCallEntry(number)
  return viewCheck(number, entry, await store.doNotCallHits(number))
}

/** Imported lists with their size and age, and the company's wildcards. */
export async function showLists({ store, gateway }: AppContext): Promise<ListsView> {
  const lists = await store.doNotCallLists()
  return {
    lists: lists.map(list => ({
      ...viewList(list),
      ...given({ ageMaxDays: ageMaxDays(gateway.laws.book, list.place) }),
    })),
    prefixes: (await store.doNotCallPrefixes()).map(viewPrefix),
  }
}

function ageMaxDays({ jurisdictions }: RuleBook, place: Place | undefined): number | undefined {
  const ages = jurisdictions
    .flatMap(({ rules }) => rules)
    .flatMap(rule => (rule.kind === 'do-not-call-list' && rule.place === place ? [rule.ageMaxMs] : []))
  return ages.length === 0 ? undefined : Math.floor(Math.min(...ages) / dayMs)
}

/** Removes an imported list with its file: its numbers may be dialed again, and the leads that it has finished come back. */
export async function dropList(context: AppContext, list: string): Promise<void> {
  if (!(await context.store.dropDoNotCallList(list))) throw await unknownList(context, list)
  await unlistLeads(context)
}

/**
 * Leads that a list has finished are due again, but for those of people who have refused themselves: the gate looks at each, and
 * finishes again whom another list holds.
 */
export async function unlistLeads({ gateway, store }: AppContext): Promise<void> {
  for (const { settings } of gateway.campaigns()) {
    const { campaignId, retry } = settings
    const which = {
      campaignId,
      attemptsMax: retry.attemptsMax,
      resetAttempts: false,
      dryRun: false,
      listed: true,
    } as const
    let recycled = 0
    let after: number | undefined = 0
    while (after !== undefined) {
      const portion: RecyclingReport = await store.recycleLeads({ ...which, after })
      recycled += portion.recycled
      after = portion.after
    }
    if (recycled > 0) obeyed(await gateway.command({ kind: 'leads-changed', campaignId }))
  }
}

/** Reads a list's file whole and holds it against its checksum. */
export async function verifyList(context: AppContext, list: string): Promise<void> {
  const { store } = context
  if (!(await store.doNotCallLists()).some(({ name }) => name === list)) throw await unknownList(context, list)
  await filesOf(store).verifyDoNotCallList(list)
}

async function unknownList({ store }: AppContext, list: string): Promise<ApiError> {
  const names = (await store.doNotCallLists()).map(({ name }) => name)
  const there = names.length === 0 ? 'none was imported' : `there is ${names.join(', ')}`
  return new ApiError(404, 'unknown-list', `there is no imported list "${list}": ${there}`)
}
