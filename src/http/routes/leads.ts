import { Type } from 'typebox'
import { idSchema } from '../../config/campaignFile.ts'
import type { CampaignSettings } from '../../core/campaign.ts'
import { explainVerdict, type VerdictRules } from '../../core/compliance/verdict.ts'
import type { LeadRecord } from '../../ports.ts'
import { obeyed } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'
import { uploadedBytes, withUploads } from '../upload.ts'
import { doNotCallView, errorView, importView, leadView, viewDoNotCall, viewImport, viewLead } from '../views.ts'
import { verdictSentence } from '../words.ts'
import { findCampaign } from './campaigns.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const params = Type.Object({ id: idSchema })
const column = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))
/** How many leads or calls one page holds at most. */
export const pageMax = 1000
const country = Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$', 'x-says': 'a country of two letters, like US' }))

const importQuery = Type.Object(
  { source: column, country, numberColumn: column, timeZoneColumn: column, priorityColumn: column },
  closed,
)

/** A page of leads. */
export const leadListView = Type.Object({ leads: Type.Array(leadView), next: Type.Optional(Type.Integer()) })

/** Every check of a dial, for each lead with the number. */
export const explainView = Type.Object({
  number: Type.String(),
  doNotCall: doNotCallView,
  inFlight: Type.Boolean(),
  leads: Type.Array(
    Type.Object({
      lead: leadView,
      campaignState: Type.String(),
      dialable: Type.Boolean(),
      checks: Type.Array(Type.Object({ check: Type.String(), passed: Type.Boolean(), says: Type.String() })),
    }),
  ),
})

/** Leads: import. */
export function leadImportRoute(app: Api, context: ApiContext): void {
  const { gateway, importer, runImport } = context

  withUploads(app, scope => {
    scope.post(
      '/v1/campaigns/:id/leads/import',
      {
        schema: {
          tags: ['leads'],
          description:
            'The body is a CSV with a header, sent as text/csv; it is read while it arrives. Dialable once it is whole.',
          params,
          querystring: importQuery,
          response: { 200: importView, ...failures },
        },
      },
      async request => {
        const campaignId = findCampaign(context, request.params.id).settings.campaignId
        const {
          source = 'upload',
          country = context.defaultCountry,
          numberColumn,
          timeZoneColumn,
          priorityColumn,
        } = request.query
        const columns = {
          ...(numberColumn === undefined ? {} : { number: numberColumn }),
          ...(timeZoneColumn === undefined ? {} : { timeZone: timeZoneColumn }),
          ...(priorityColumn === undefined ? {} : { priority: priorityColumn }),
        }
        const stream = uploadedBytes(request.body)
        const report = await runImport(() =>
          importer.importLeads({ stream, source, defaultCountry: country.toUpperCase(), campaignId, columns }),
        )
        obeyed(await gateway.command({ kind: 'leads-changed', campaignId }))
        return viewImport(report)
      },
    )
  })
}

/** Leads: list, explain. */
export function leadRoutes(app: Api, context: ApiContext): void {
  const { gateway, store } = context

  const listQuery = Type.Object(
    {
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageMax })),
      after: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    closed,
  )
  app.get(
    '/v1/campaigns/:id/leads',
    { schema: { tags: ['leads'], params, querystring: listQuery, response: { 200: leadListView, ...failures } } },
    async request => {
      const campaignId = findCampaign(context, request.params.id).settings.campaignId
      const { limit = 100, after } = request.query
      const leads = await store.listLeads({ campaignId, limit, ...(after === undefined ? {} : { after }) })
      const last = leads.at(-1)
      const more = leads.length === limit && last !== undefined ? { next: last.leadId } : {}
      return { leads: leads.map(viewLead), ...more }
    },
  )

  const explainQuery = Type.Object({ number: Type.String({ minLength: 1, maxLength: 50 }) }, closed)
  app.get(
    '/v1/leads/explain',
    {
      schema: {
        tags: ['leads'],
        description: 'Every check that a dial of this number passes, with its answer now.',
        querystring: explainQuery,
        response: { 200: explainView, ...failures },
      },
    },
    async request => {
      const number = context.readNumber(request.query.number)
      const leads = await store.leadsByNumber(number)
      return {
        number,
        doNotCall: viewDoNotCall(number, await store.doNotCallEntry(number)),
        inFlight: gateway.state().numbersInFlight.has(number),
        leads: await Promise.all(leads.map(lead => explainLead(context, lead))),
      }
    },
  )
}

function verdictRules(settings: CampaignSettings): VerdictRules {
  return {
    callingHours: settings.callingHours,
    attemptsMax: settings.retry.attemptsMax,
    latestAnswerMs: settings.setupTimeoutMs + settings.ringTimeoutMs,
  }
}

async function explainLead(context: ApiContext, lead: LeadRecord) {
  const { gateway, store } = context
  const campaign = gateway.state().campaigns.get(lead.campaignId)
  const now = gateway.now()
  const facts = await store.facts({ campaignId: lead.campaignId, leadId: lead.leadId, now })
  const checks = campaign === undefined ? [] : explainVerdict(facts, verdictRules(campaign.settings), now)
  return {
    lead: viewLead(lead),
    campaignState: campaign?.state ?? 'unknown',
    dialable: campaign?.state === 'running' && checks.every(({ verdict }) => verdict.allowed),
    checks: checks.map(({ check, verdict }) => ({ check, passed: verdict.allowed, says: verdictSentence(verdict) })),
  }
}
