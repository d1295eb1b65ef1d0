import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../api/apiError.ts'
import type { OwnSession } from '../../app/access/ownAccount.ts'
import type { Topic } from '../../app/live/topics.ts'
import type { Principal } from '../../core/access/principal.ts'
import { given } from '../../core/given.ts'
import { Defect, errorMessage } from '../../errors.ts'
import type { Api, ApiContext } from '../context.ts'
import { operationOf } from '../operations.ts'
import { type IdentifyOptions, identify, isLocalOpen, type Known } from './identify.ts'
import { isAct, type RouteRule, ruleOf } from './rules.ts'
import { checkAsked, checkPath, checkTopics, textOf } from './scope.ts'
import { type Sight, sightOf } from './sight.ts'
import { refuseForeigners, refuseOtherSites } from './sites.ts'

/** Whether whoever follows a stream would still be let in is looked at this often, beside each change of users and tokens. */
const lookEveryMs = 30_000

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whoever asks need not be known: a page. */
    readonly open?: boolean
  }
}

const known = new WeakMap<FastifyRequest, Known>()

/** Who has sent a request that has come past the guard. */
export function principalOf(request: FastifyRequest): Principal {
  const found = known.get(request)
  if (found === undefined) throw new Defect('a route asks who it is, and is open to everybody')
  return found.principal
}

/** Whether whoever asks may read numbers as they are; whoever nobody knows may not. */
export function seesNumbers(request: FastifyRequest): boolean {
  return known.get(request)?.principal.rights.has('see-numbers') === true
}

/** The session by whose cookie the request came; undefined: there is none. */
export function sessionOf(request: FastifyRequest): OwnSession | undefined {
  return known.get(request)?.own
}

/** What the guard stands on. */
export interface GuardOptions extends IdentifyOptions {
  readonly context: ApiContext
  /** False while the daemon starts. Absent: always. */
  readonly ready: (() => boolean) | undefined
}

/**
 * Stands in front of every handler: who asks, whether the table of rights lets them, whether it is theirs. Behind the handler it
 * leaves out what is not theirs. Without a token, and as long as nobody may log in: see {@link identify}.
 */
export interface Guard {
  /** Before the body is read. */
  letIn(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** What the request says of a stream or an answer. */
  sight(request: FastifyRequest): Sight
  /** Whether they may follow these. @throws ApiError 403, 404 */
  checkTopics(request: FastifyRequest, topics: readonly Topic[]): void
  close(): void
}

/** Puts the guard into a server: what is registered afterwards is behind it. `letIn` is to be called by the server. */
export function installGuard(app: Api, options: GuardOptions): Guard {
  const { context, access } = options
  const { gateway } = context
  const lasting = createLasting()
  const look = setInterval(lasting.look, lookEveryMs)
  look.unref()
  const endLooks = access.book.onLoss(lasting.look)
  const sight = (request: FastifyRequest): Sight =>
    sightOf(principalOf(request), agentId => gateway.agent(agentId)?.campaignId)

  app.addHook('onRoute', ({ method, url, config }) => {
    // Pages show nothing that they have not asked for.
    const isPage = config?.open === true && !url.startsWith('/v1/')
    for (const one of [method].flat())
      if (ruleOf(one, url) === undefined && !isPage)
        throw new Defect(`who may ${one} ${url}? Say so in http/access/rules.ts`)
  })
  showWhatIsTheirs(app, sight)
  app.addHook('preValidation', async request => signAs(request))
  app.addHook('preHandler', async request => {
    const rule = ruleOf(request.method, request.routeOptions.url)
    const who = known.get(request)?.principal
    if (rule === undefined || who === undefined) return
    checkAsked(context, who, { rule, asked: request })
    if (isAct(request.method, rule, who)) tell(options, request, { rule, who })
  })
  app.addHook('onSend', async request => acts.get(request))
  return {
    letIn: (request, reply) => letIn(request, reply, { options, lasting }),
    sight,
    checkTopics: (request, topics) => checkTopics(context, principalOf(request), topics),
    close() {
      clearInterval(look)
      endLooks()
    },
  }
}

async function letIn(
  request: FastifyRequest,
  reply: FastifyReply,
  { options, lasting }: { readonly options: GuardOptions; readonly lasting: Lasting },
): Promise<void> {
  const { context, access, ready } = options
  const { url, config } = request.routeOptions
  const rule = ruleOf(request.method, url)
  if (rule?.right === 'open' || config.open === true) {
    // Where nobody is asked who they are, that they are here is all there is.
    if (isLocalOpen(options)) refuseForeigners(request)
    else if (request.method !== 'GET' && request.method !== 'HEAD') refuseOtherSites(request, access.url)
    return
  }
  const found = await identify(request, reply, options)
  known.set(request, found)
  if (rule !== undefined) {
    checkRight(found, rule)
    await checkPath(context, found.principal, { rule, params: request.params })
  }
  if (ready !== undefined && !ready())
    throw new ApiError(503, 'starting', 'the daemon is starting: try again in a moment')
  if (rule?.right === 'see-events') lasting.add(reply, found)
}

function checkRight({ principal, own }: Known, { right }: RouteRule): void {
  if (right === 'open' || right === 'known') return
  if (right === 'own') {
    if (own !== undefined) return
    throw new ApiError(403, 'no-session', 'this is for whoever is logged in: log in with POST /v1/session')
  }
  if (principal.rights.has(right)) return
  throw new ApiError(403, 'forbidden', `${principal.name} may not: it takes the right ${right}`)
}

/** Whoever is known by name signs with that name, whatever they have written. */
function signAs(request: FastifyRequest): void {
  const who = known.get(request)?.principal
  if (who === undefined || who.via === 'local') return
  const { schema } = request.routeOptions
  for (const [part, shape] of [
    [request.query, schema?.querystring],
    [request.body, schema?.body],
  ])
    if (isObject(part) && isObject(shape) && isObject(shape.properties) && 'by' in shape.properties) part.by = who.name
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** What was written to the ledger of a request; the answer goes out when it is there. */
const acts = new WeakMap<FastifyRequest, Promise<void>>()

/**
 * Writes who asks for what; not waited for before it is done: what only stops a call must not wait for a disk. What cannot be written
 * stands in the log: what was to be kept fails with it.
 */
function tell(
  { context, log }: GuardOptions,
  request: FastifyRequest,
  { rule, who }: { readonly rule: RouteRule; readonly who: Principal },
): void {
  const { params, query, body, method, routeOptions } = request
  const what = operationOf(method, routeOptions.url ?? '').operationId
  const id = textOf(params, 'id')
  const about = given({ [rule.of === 'campaign' || rule.of === 'call' ? rule.of : 'agent']: id })
  const of = { ...about, ...given({ list: textOf(params, 'list') ?? textOf(query, 'list') }) }
  const number = numberOf(context, textOf(params, 'number') ?? textOf(body, 'number'))
  const act = { by: who.name, via: who.via, what, at: context.gateway.now(), of, ...given({ number }) }
  const written = context.store.recordAct(act).catch((error: unknown) => {
    log.error({ by: who.name, what, reason: errorMessage(error) }, 'the ledger was not told who has asked for this')
  })
  acts.set(request, written)
}

/** One that cannot be read is refused by the route. */
function numberOf({ readNumber }: ApiContext, written: string | undefined): string | undefined {
  if (written === undefined) return undefined
  try {
    return readNumber(written)
  } catch {
    return undefined
  }
}

/** Leaves out of each answer what is not theirs, however it is sent. */
function showWhatIsTheirs(app: Api, sight: (request: FastifyRequest) => Sight): void {
  app.addHook('onRoute', route => {
    const { handler } = route
    route.handler = function answer(request, reply) {
      const outcome: unknown = handler.call(this, request, reply)
      if (!(outcome instanceof Promise) || !known.has(request)) return outcome
      return outcome.then(answer => (answer === reply ? answer : sight(request).answer(answer)))
    }
  })
}

interface Lasting {
  add(reply: FastifyReply, who: Known): void
  look(): void
}

/**
 * Streams: they end when whoever follows them would not be let in any more, and are broken off where an end in order would wait for a
 * reader who does not read.
 */
function createLasting(): Lasting {
  const open = new Map<FastifyReply, Known>()
  return {
    add(reply, who) {
      open.set(reply, who)
      reply.raw.once('close', () => open.delete(reply))
    },
    look() {
      for (const [{ raw }, { isStill }] of open) {
        if (isStill()) continue
        if (raw.writableLength === 0) raw.end()
        else raw.destroy()
      }
    },
  }
}
