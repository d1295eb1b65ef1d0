import { type Static, Type } from 'typebox'
import { checkView, listsView, prefixView, viewCheck, viewList, viewPrefix } from '../../api/doNotCallViews.ts'
import { done, doneView, errorView } from '../../api/views.ts'
import { filesOf } from '../../app/files.ts'
import type { PhoneNumber } from '../../core/ids.ts'
import { InputError } from '../../errors.ts'
import { createPrefixReader, prefixProblem } from '../../numbers/prefix.ts'
import type { DoNotCallEntry } from '../../ports/doNotCall.ts'
import { ApiError, obeyed } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const params = Type.Object({ number: Type.String({ minLength: 1, maxLength: 50 }) })
const listParams = Type.Object({ list: Type.String({ minLength: 1, maxLength: 60 }) })
const tags = ['do-not-call']
/** The list that agents, keys and operators write to. */
export const companyList = 'company'

/** Writes a number to the company's list, durably, and only then takes it out of everything in flight. */
export async function blockNumber(
  { gateway, store }: ApiContext,
  entry: { readonly number: PhoneNumber; readonly source: DoNotCallEntry['source']; readonly note?: string },
): Promise<void> {
  await store.addDoNotCall({ ...entry, list: companyList, at: gateway.now() })
  obeyed(await gateway.command({ kind: 'number-blocked', number: entry.number }))
}

/** The same for every number that begins so. */
async function blockPrefix(
  { gateway, store }: ApiContext,
  entry: { readonly prefix: string; readonly note?: string },
): Promise<void> {
  await store.addDoNotCallPrefix({ ...entry, source: 'operator', at: gateway.now() })
  const inFlight = [...gateway.state().numbersInFlight.keys()].filter(number => number.startsWith(entry.prefix))
  for (const number of inFlight) obeyed(await gateway.command({ kind: 'number-blocked', number }))
}

/** A number in E.164, or the beginning of numbers, `+1900`, where it was written with a star. */
type Target = { readonly number: PhoneNumber } | { readonly prefix: string }

function readTarget(context: ApiContext, written: string): Target {
  if (!written.trim().endsWith('*')) return { number: context.readNumber(written) }
  const digits = createPrefixReader(context.defaultCountry)(written)
  if (digits === undefined) throw new InputError('bad-prefix', `"${written}" ${prefixProblem}`)
  return { prefix: `+${digits}` }
}

/** Do-not-call: add, remove, check, lists. */
export function doNotCallRoutes(app: Api, context: ApiContext): void {
  const { store } = context
  entryRoutes(app, context)

  app.get('/v1/do-not-call', { schema: { tags, response: { 200: listsView, ...failures } } }, async () => ({
    lists: (await store.doNotCallLists()).map(viewList),
    prefixes: (await store.doNotCallPrefixes()).map(viewPrefix),
  }))

  app.delete(
    '/v1/do-not-call/lists/:list',
    {
      schema: {
        tags,
        description: 'Removes an imported list with its file: its numbers may be dialed again.',
        params: listParams,
        response: { 200: doneView, ...failures },
      },
    },
    async request => {
      const { list } = request.params
      if (!(await store.dropDoNotCallList(list))) throw await unknownList(context, list)
      return done
    },
  )

  app.post(
    '/v1/do-not-call/lists/:list/verify',
    {
      schema: {
        tags,
        description: "Reads the list's file whole and holds it against its checksum.",
        params: listParams,
        response: { 200: doneView, ...failures },
      },
    },
    async request => {
      const { list } = request.params
      if (!(await store.doNotCallLists()).some(({ name }) => name === list)) throw await unknownList(context, list)
      await filesOf(store).verifyDoNotCallList(list)
      return done
    },
  )
}

async function unknownList({ store }: ApiContext, list: string): Promise<ApiError> {
  const names = (await store.doNotCallLists()).map(({ name }) => name)
  const there = names.length === 0 ? 'none was imported' : `there is ${names.join(', ')}`
  return new ApiError(404, 'unknown-list', `there is no imported list "${list}": ${there}`)
}

function entryRoutes(app: Api, context: ApiContext): void {
  const { store } = context
  const noteBody = Type.Object({ note: Type.Optional(Type.String({ maxLength: 1000 })) }, closed)
  const response = { 200: Type.Union([checkView, prefixView]), ...failures }

  async function check(number: PhoneNumber): Promise<Static<typeof checkView>> {
    const entry = await store.doNotCallEntry(number)
    return viewCheck(number, entry, await store.doNotCallHits(number))
  }

  app.put(
    '/v1/do-not-call/:number',
    {
      schema: {
        tags,
        description:
          'On disk before it is answered; no originate to the number follows. `+1900*` blocks all that begin so.',
        params,
        body: Type.Optional(noteBody),
        response,
      },
    },
    async request => {
      const target = readTarget(context, request.params.number)
      const note = request.body?.note === undefined ? {} : { note: request.body.note }
      if ('number' in target) {
        await blockNumber(context, { ...target, source: 'operator', ...note })
        return check(target.number)
      }
      await blockPrefix(context, { ...target, ...note })
      const found = (await store.doNotCallPrefixes()).find(({ prefix }) => prefix === target.prefix)
      return viewPrefix(found ?? { ...target, source: 'operator', at: context.gateway.now(), ...note })
    },
  )

  app.get(
    '/v1/do-not-call/:number',
    { schema: { tags, params, response: { 200: checkView, ...failures } } },
    async request => check(context.readNumber(request.params.number)),
  )

  app.delete(
    '/v1/do-not-call/:number',
    {
      schema: {
        tags,
        description:
          "Takes a number off the list of dead numbers where it is there, else off the company's list; or a prefix off that.",
        params,
        response: { 200: doneView, ...failures },
      },
    },
    async request => {
      const target = readTarget(context, request.params.number)
      if ('prefix' in target) {
        if (await store.removeDoNotCallPrefix(target.prefix)) return done
        throw new ApiError(404, 'not-listed', `${target.prefix}* is no prefix on the company's do-not-call list`)
      }
      if (!(await store.removeDoNotCall(target.number))) await refuseRemoval(context, target.number)
      return done
    },
  )
}

async function refuseRemoval({ store }: ApiContext, number: PhoneNumber): Promise<never> {
  const entry = await store.doNotCallEntry(number)
  if (entry === undefined) throw new ApiError(404, 'not-listed', `${number} is on no do-not-call list`)
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
