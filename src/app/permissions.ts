import { ApiError } from '../api/apiError.ts'
import type { PermissionBody, WithdrawalBody } from '../api/permissions.ts'
import { type ConsentView, viewPermission, viewPersonHours } from '../api/persons.ts'
import { permissionReasons } from '../core/compliance/release.ts'
import { given } from '../core/given.ts'
import { type AppContext, optionalMs } from './context.ts'
import { sellerOf } from './sellers.ts'

/** Our own channel. */
const callChannel = 'call'

/** Records what a person permitted, with the evidence: on disk before this resolves. */
export async function addPermission(context: AppContext, body: PermissionBody): Promise<{ permissionId: number }> {
  const { gateway, store } = context
  const { channels = [callChannel], givenAt, expiresAt, basis, topics, how } = body
  const now = gateway.now()
  const givenMs = optionalMs(givenAt, 'givenAt') ?? now
  const expiresMs = optionalMs(expiresAt, 'expiresAt')
  if (givenMs > now) throw new ApiError(422, 'bad-date', 'givenAt lies in the future: record it when it is given')
  if (expiresMs !== undefined && expiresMs <= givenMs)
    throw new ApiError(422, 'bad-date', 'expiresAt is not after givenAt: such a permission never holds')
  const number = context.readNumber(body.number)
  const seller = sellerOf(context, body.seller)
  const about = { number, basis, topics, channels, how, givenAt: givenMs, recordedAt: now }
  const permissionId = await store.addPermission({ ...about, ...given({ expiresAt: expiresMs, seller }) })
  gateway.release({ number, reasons: permissionReasons })
  return { permissionId }
}

/** The person takes back what they permitted: on disk before this resolves, no originate follows, and what rings ends. */
export async function withdrawPermission(context: AppContext, body: WithdrawalBody): Promise<{ ended: number }> {
  const { topic, how } = body
  const number = context.readNumber(body.number)
  return { ended: await context.gateway.refuse({ way: 'withdrawal', number, how, ...given({ topic }) }) }
}

/** What a person permitted and asked for. */
export async function showConsent(context: AppContext, written: string): Promise<ConsentView> {
  const { store } = context
  const number = context.readNumber(written)
  const hours = await store.personHoursOf(number)
  const permissions = await store.permissionsOf(number)
  return { number, permissions: permissions.map(viewPermission), ...given({ hours: hours && viewPersonHours(hours) }) }
}
