import { Type } from 'typebox'
import type { PhoneNumber } from '../../core/ids.ts'
import type { DoNotCallEntry } from '../../ports.ts'
import { ApiError, obeyed } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'
import { uploadedBytes, withUploads } from '../upload.ts'
import {
  doNotCallView,
  done,
  doneView,
  errorView,
  importView,
  instant,
  iso,
  viewDoNotCall,
  viewImport,
} from '../views.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const params = Type.Object({ number: Type.String({ minLength: 1, maxLength: 50 }) })
/** The list that agents, keys and operators write to. */
const companyList = 'company'

/** Imported lists with their size and age. */
export const listsView = Type.Object({
  lists: Type.Array(Type.Object({ name: Type.String(), numbers: Type.Integer(), importedAt: instant })),
})

/** Writes a number to the company's list, durably, and only then takes it out of everything in flight. */
export async function blockNumber(
  { gateway, store }: ApiContext,
  entry: { readonly number: PhoneNumber; readonly source: DoNotCallEntry['source']; readonly note?: string },
): Promise<void> {
  await store.addDoNotCall({ ...entry, list: companyList, at: gateway.now() })
  obeyed(await gateway.command({ kind: 'number-blocked', number: entry.number }))
}

/** Do-not-call: add, remove, check, lists. */
export function doNotCallRoutes(app: Api, context: ApiContext): void {
  const { store } = context

  const noteBody = Type.Object({ note: Type.Optional(Type.String({ maxLength: 1000 })) }, closed)
  app.put(
    '/v1/do-not-call/:number',
    {
      schema: {
        tags: ['do-not-call'],
        description: 'On disk before it is answered; no originate to the number follows.',
        params,
        body: Type.Optional(noteBody),
        response: { 200: doNotCallView, ...failures },
      },
    },
    async request => {
      const number = context.readNumber(request.params.number)
      const note = request.body?.note
      await blockNumber(context, { number, source: 'operator', ...(note === undefined ? {} : { note }) })
      return viewDoNotCall(number, await store.doNotCallEntry(number))
    },
  )

  app.get(
    '/v1/do-not-call/:number',
    { schema: { tags: ['do-not-call'], params, response: { 200: doNotCallView, ...failures } } },
    async request => {
      const number = context.readNumber(request.params.number)
      return viewDoNotCall(number, await store.doNotCallEntry(number))
    },
  )

  app.delete(
    '/v1/do-not-call/:number',
    { schema: { tags: ['do-not-call'], params, response: { 200: doneView, ...failures } } },
    async request => {
      const number = context.readNumber(request.params.number)
      if (!(await store.removeDoNotCall(number))) await refuseRemoval(context, number)
      return done
    },
  )

  app.get(
    '/v1/do-not-call',
    { schema: { tags: ['do-not-call'], response: { 200: listsView, ...failures } } },
    async () => {
      const lists = await store.doNotCallLists()
      return { lists: lists.map(({ name, numbers, importedAt }) => ({ name, numbers, importedAt: iso(importedAt) })) }
    },
  )
}

/** Do-not-call: bulk lists. */
export function doNotCallImportRoute(app: Api, context: ApiContext): void {
  const importQuery = Type.Object(
    {
      list: Type.String({
        pattern: '^[A-Za-z0-9_-]{1,40}$',
        'x-says': 'a name of at most 40 letters, digits, _ and -',
      }),
      source: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$', 'x-says': 'a country of two letters, like US' })),
    },
    closed,
  )
  withUploads(app, scope => {
    scope.post(
      '/v1/do-not-call/import',
      {
        schema: {
          tags: ['do-not-call'],
          description: 'Replaces the list of that name whole, once it has been read to its end.',
          querystring: importQuery,
          response: { 200: importView, ...failures },
        },
      },
      async request => {
        const { list, source = 'upload', country = context.defaultCountry } = request.query
        if (list === companyList) {
          throw new ApiError(
            422,
            'list-reserved',
            `the list "${companyList}" is the company's own: import under another name`,
          )
        }
        const stream = uploadedBytes(request.body)
        const report = await context.runImport(() =>
          context.importer.importDoNotCall({ stream, source, defaultCountry: country.toUpperCase(), list }),
        )
        return viewImport(report)
      },
    )
  })
}

async function refuseRemoval({ store }: ApiContext, number: PhoneNumber): Promise<never> {
  const entry = await store.doNotCallEntry(number)
  if (entry === undefined) throw new ApiError(404, 'not-listed', `${number} is on no do-not-call list`)
  throw new ApiError(
    409,
    'list-imported',
    `${number} is on the imported list ${entry.list}: import that list again without it`,
  )
}
