import { Type } from 'typebox'
import { consentView, viewPermission, viewPersonHours } from '../../api/personViews.ts'
import { errorView, importView, instant, viewImport } from '../../api/views.ts'
import { hasWithdrawn } from '../../core/compliance/consent.ts'
import { permissionReasons } from '../../core/compliance/release.ts'
import { permissionBases } from '../../core/compliance/rules.ts'
import type { PhoneNumber } from '../../core/ids.ts'
import { ApiError, obeyed } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'
import { uploadedBytes, withUploads } from '../upload.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const tags = ['permissions']
const params = Type.Object({ number: Type.String({ minLength: 1, maxLength: 50 }) })
const word = Type.String({ pattern: '^[a-z0-9-]{1,40}$', 'x-says': 'up to 40 small letters, digits and hyphens' })
const how = Type.String({ minLength: 1, maxLength: 1000 })
const basis = Type.Enum([...permissionBases])
/** Our own channel. */
const callChannel = 'call'

const givenBody = Type.Object(
  {
    number: Type.String({ minLength: 1, maxLength: 50 }),
    basis,
    /** Empty: every topic. */
    topics: Type.Array(word, { maxItems: 50 }),
    channels: Type.Optional(Type.Array(word, { maxItems: 20 })),
    how,
    givenAt: Type.Optional(instant),
    expiresAt: Type.Optional(instant),
  },
  closed,
)

const withdrawnBody = Type.Object(
  { number: Type.String({ minLength: 1, maxLength: 50 }), topic: Type.Optional(word), how },
  closed,
)

/** What a withdrawal ended. */
export const withdrawalView = Type.Object({ ended: Type.Integer({ minimum: 0 }) })

/** The id of what was recorded. */
export const addedView = Type.Object({ permissionId: Type.Integer() })

/** Permissions: add, withdraw, show. */
export function permissionRoutes(app: Api, context: ApiContext): void {
  const { store, gateway } = context

  app.post(
    '/v1/permissions',
    {
      schema: {
        tags,
        description: 'What a person permitted, with the evidence. On disk before it is answered.',
        body: givenBody,
        response: { 200: addedView, ...failures },
      },
    },
    async request => {
      const { number, channels = [callChannel], givenAt, expiresAt, ...rest } = request.body
      const now = gateway.now()
      const given = givenAt === undefined ? now : Date.parse(givenAt)
      const expires = expiresAt === undefined ? undefined : Date.parse(expiresAt)
      if (given > now) throw new ApiError(422, 'bad-date', 'givenAt lies in the future: record it when it is given')
      if (expires !== undefined && expires <= given)
        throw new ApiError(422, 'bad-date', 'expiresAt is not after givenAt: such a permission never holds')
      const permissionId = await store.addPermission({
        ...{ ...rest, channels, number: context.readNumber(number), givenAt: given, recordedAt: now },
        ...(expires === undefined ? {} : { expiresAt: expires }),
      })
      gateway.release({ number: context.readNumber(number), reasons: permissionReasons })
      return { permissionId }
    },
  )

  app.post(
    '/v1/permissions/withdraw',
    {
      schema: {
        tags,
        description:
          'The person takes back what he permitted about the topic, or about anything; on disk before it is answered. No originate follows, and what rings ends.',
        body: withdrawnBody,
        response: { 200: withdrawalView, ...failures },
      },
    },
    async request => {
      const { topic, how: words } = request.body
      const number = context.readNumber(request.body.number)
      const about = topic === undefined ? {} : { topic }
      const ended = await store.withdrawPermission({ number, ...about, at: gateway.now(), how: words })
      for (const one of await store.numbersOfPerson(number))
        obeyed(await gateway.command({ kind: 'number-blocked', number: one, ...about }))
      return { ended }
    },
  )

  app.get(
    '/v1/permissions/:number',
    { schema: { tags, params, response: { 200: consentView, ...failures } } },
    async request => {
      const number = context.readNumber(request.params.number)
      const hours = await store.personHoursOf(number)
      const permissions = await store.permissionsOf(number)
      const own = hours === undefined ? {} : { hours: viewPersonHours(hours) }
      return { number, permissions: permissions.map(viewPermission), ...own }
    },
  )
}

const importQuery = Type.Object(
  {
    source: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$', 'x-says': 'a country of two letters, like US' })),
    /** With commas between them; `*` is every topic. */
    topics: Type.Optional(
      Type.String({
        pattern: '^(\\*|[a-z0-9-]{1,40}(,[a-z0-9-]{1,40})*)$',
        'x-says': 'topics with commas between them',
      }),
    ),
    channels: Type.Optional(
      Type.String({ pattern: '^[a-z0-9-]{1,40}(,[a-z0-9-]{1,40})*$', 'x-says': 'channels with commas between them' }),
    ),
    basis: Type.Optional(basis),
    how: Type.Optional(how),
    givenAt: Type.Optional(instant),
    expiresAt: Type.Optional(instant),
  },
  closed,
)

/** Permissions: import. */
export function permissionImportRoute(app: Api, context: ApiContext): void {
  withUploads(app, scope => {
    scope.post(
      '/v1/permissions/import',
      {
        schema: {
          tags,
          description:
            'The body is a CSV with a header, sent as text/csv: number, topic, channel, basis, given_at, how, expires_at, withdrawn_at. All rows or none.',
          querystring: importQuery,
          response: { 200: importView, ...failures },
        },
      },
      async request => {
        const { source = 'upload', country = context.defaultCountry, topics, channels } = request.query
        const { basis: stated, how: evidence, givenAt, expiresAt } = request.query
        const wanted = {
          ...{ source, defaultCountry: country.toUpperCase() },
          ...(topics === undefined ? {} : { topics: topics === '*' ? [] : topics.split(',') }),
          ...(channels === undefined ? {} : { channels: channels.split(',') }),
          ...(stated === undefined ? {} : { basis: stated }),
          ...(evidence === undefined ? {} : { how: evidence }),
          ...(givenAt === undefined ? {} : { givenAt: Date.parse(givenAt) }),
          ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }),
        }
        const stream = uploadedBytes(request.body)
        const report = await context.runImport(() => context.importer.importPermissions({ ...wanted, stream }))
        await blockWithdrawn(context)
        context.gateway.release({ reasons: permissionReasons })
        return viewImport(report)
      },
    )
  })
}

/** A file may hold withdrawals: whoever is about to be called, or rings, is looked at again. */
async function blockWithdrawn({ gateway, store }: ApiContext): Promise<void> {
  const { campaigns, calls } = gateway.state()
  const about: { readonly number: PhoneNumber; readonly topic: string }[] = []
  for (const { hopper, settings } of campaigns.values())
    for (const { number } of hopper.leads) about.push({ number, topic: settings.topic })
  for (const { number, campaignId } of calls.values()) {
    const topic = campaigns.get(campaignId)?.settings.topic
    if (topic !== undefined && number !== undefined) about.push({ number, topic })
  }
  for (const { number, topic } of about) {
    const permissions = await store.permissionsOf(number)
    if (!hasWithdrawn(permissions, { topic, channel: callChannel }, gateway.now())) continue
    obeyed(await gateway.command({ kind: 'number-blocked', number, topic }))
  }
}
