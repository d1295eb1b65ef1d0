import type { RequestListener, Server } from 'node:http'
import { createServer as createTrial } from 'node:net'
import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import { type Access, openAccess } from '../app/access/access.ts'
import { createAppContext } from '../app/context.ts'
import { type AgentDays, createAgentDays } from '../app/desk/days.ts'
import { createPageWatch } from '../app/desk/pageWatch.ts'
import { createCourse } from '../app/live/course.ts'
import { isLoopback } from '../config.ts'
import { given } from '../core/given.ts'
import { ConfigError, errorCode } from '../errors.ts'
import { type Guard, installGuard } from './access/guard.ts'
import { takeBodies } from './bodies.ts'
import type { Api, ApiContext, ApiOptions } from './context.ts'
import { errorHandler, loggedAnswer, notFoundHandler } from './errorAnswer.ts'
import { openApi } from './openApi.ts'
import { pageRoutes } from './pages.ts'
import { takeUpgrades } from './phoneSocket.ts'
import { answerStrangeRequests, checkHost, parserError, pathError } from './protocolErrors.ts'
import { agentRoutes } from './routes/agents.ts'
import { alarmRoutes } from './routes/alarms.ts'
import { archiveRoutes } from './routes/archives.ts'
import { backupRoutes } from './routes/backups.ts'
import { callActionRoutes, callRoutes } from './routes/calls.ts'
import { campaignRoutes, pacingRoutes } from './routes/campaigns.ts'
import { deskRoutes, wishRoutes } from './routes/desk.ts'
import { dialingRoutes } from './routes/dialing.ts'
import { doNotCallRoutes } from './routes/doNotCall.ts'
import { listImportRoute } from './routes/doNotCallImport.ts'
import { proposalRoutes } from './routes/doNotCallProposals.ts'
import { drainRoutes } from './routes/drain.ts'
import { campaignExplainRoute, leadExplainRoute } from './routes/explain.ts'
import { leadImportRoute, leadPreviewRoute, leadRoutes, leadUpkeepRoutes, moveInRoute } from './routes/leads.ts'
import { ledgerRoutes } from './routes/ledger.ts'
import { metricsRoute } from './routes/metrics.ts'
import { permissionImportRoute, permissionRoutes } from './routes/permissions.ts'
import { personRoutes } from './routes/persons.ts'
import { phoneRoutes } from './routes/phones.ts'
import { reportRoutes } from './routes/reports.ts'
import { ruleRoutes } from './routes/rules.ts'
import { sessionRoutes } from './routes/session.ts'
import { type LiveParts, systemRoutes } from './routes/system.ts'
import { upkeepRoutes } from './routes/upkeep.ts'
import { tokenRoutes, userRoutes } from './routes/users.ts'
import { createEventStreams } from './stream.ts'
import { type Certificate, openCertificate } from './tls.ts'
import { isEnding, settleUnread } from './unread.ts'
import { checkContentEncoding } from './upload.ts'
import { validatorCompiler } from './validate.ts'
import { tellOfWork } from './working.ts'
import { createWrongTokens } from './wrongTokens.ts'

export type { ApiOptions } from './context.ts'

/** The largest body that is not an upload. */
const bodyBytesMax = 256 * 1024
/** All headers of a request together. */
const headerBytesMax = 16 * 1024
/** A connection on which nothing moves is closed. */
const idleMs = 10 * 60_000
const closeGraceMs = 5_000
const httpLimits = { maxHeaderSize: headerBytesMax, requireHostHeader: false }

/** The API's server. */
export interface ApiServer {
  /** The framework's server, for tests and for more routes (pages). */
  readonly app: Api
  /** Binds and answers with the address, `http://127.0.0.1:7420`. A {@link ConfigError} says what is in the way. */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>
  /** The most wrong tokens that one address has sent of late. */
  wrongTokens(): number
  /** Idempotent: ends event streams, lets requests finish for `graceMs` (default 5 000), then breaks them off. */
  close(graceMs?: number): Promise<void>
}

/** Builds the HTTP API, not yet listening. */
export async function createServer(options: ApiOptions): Promise<ApiServer> {
  const certificate = options.tls && openCertificate(options.tls, options.log)
  const app: Api = Fastify({
    ...given({ serverFactory: certificate && secureServer(certificate) }),
    bodyLimit: bodyBytesMax,
    connectionTimeout: idleMs,
    // A request without a Host is refused in our own words.
    http: httpLimits,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: pathError,
    clientErrorHandler: parserError,
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(() => data => JSON.stringify(data))
  app.setErrorHandler(errorHandler(options.log))
  app.setNotFoundHandler(notFoundHandler)
  answerStrangeRequests(app.server)
  takeUpgrades(app)
  takeBodies(app)
  const { token, ready, log, url } = options
  const wrongTokens = createWrongTokens(options.clock)
  const context = createAppContext(options)
  const streams = createEventStreams(context, log)
  const course = createCourse(context.gateway)
  const days = createAgentDays(options.gateway)
  const pageWatch = createPageWatch(options.gateway, options.pageGoneMs)
  const secure = isEncrypted(options)
  const access = await openAccess({
    store: options.store,
    now: () => options.gateway.now(),
    hasToken: token !== undefined,
    ...given({ limits: options.sessions, url, passwords: options.passwords }),
  })
  watchPhones(app, options, access)
  const guard = installGuard(app, { context, access, token, secure, ready, log, wrongTokens })
  checkRequests(app, guard)
  app.addHook('onSend', async (request, reply) => settleUnread(request, reply))
  app.addHook('preClose', async () => {
    streams.close()
    course.close()
    days.close()
    pageWatch.close()
    wrongTokens.close()
    guard.close()
    certificate?.close()
  })
  await app.register(swagger, openApi(options.version))
  tellOfWork(app, { answerError: loggedAnswer(log), ...given({ beatMs: options.beatMs }) })
  await app.register(async scope => {
    registerRoutes(scope, context, { streams, guard, pageWatch, course, days })
    sessionRoutes(scope, { access, secure, log })
    userRoutes(scope, access, context)
    tokenRoutes(scope, access)
    if (options.pages !== undefined) pageRoutes(scope, options.pages)
    scope.get('/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  })
  await app.ready()
  return {
    app,
    async listen(at) {
      const address = await listen(app, { ...at, token: options.token })
      // The framework does not know what the server that it was given speaks.
      return certificate === undefined ? address : address.replace(/^http:/, 'https:')
    },
    wrongTokens: () => wrongTokens.most(),
    close: graceMs => close(app, graceMs ?? closeGraceMs),
  }
}

/** What comes before every handler. */
function checkRequests(app: Api, guard: Guard): void {
  app.addHook('onRequest', async (request, reply) => {
    if (isEnding(request)) {
      reply.hijack()
      return
    }
    checkHost(request)
    await guard.letIn(request, reply)
    checkContentEncoding(request)
  })
}

/** Phones in pages end with the sessions that they were made for. */
function watchPhones(app: Api, { phones, gateway, ready }: ApiOptions, { book }: Access): void {
  if (phones === undefined) return
  app.addHook('preClose', async () => phones.close())
  phones.watch({
    now: () => gateway.now(),
    agent: agentId => gateway.agent(agentId),
    hasSession: sessionId => book.sessions().some(session => session.sessionId === sessionId),
    isReady: () => ready?.() ?? true,
  })
  book.onLoss(() => void phones.look())
}

/** Whether browsers come over TLS: ours, or that of a proxy which the configuration names. */
function isEncrypted({ url, tls }: ApiOptions): boolean {
  return tls !== undefined || url?.startsWith('https:') === true
}

/** A server over TLS with the limits of one without. */
function secureServer({ serve }: Certificate): (listener: RequestListener) => Server {
  return listener => {
    const server = serve(listener, httpLimits)
    server.setTimeout(idleMs)
    return server
  }
}

function registerRoutes(scope: Api, context: ApiContext, live: LiveParts & { readonly days: AgentDays }): void {
  campaignRoutes(scope, context)
  pacingRoutes(scope, context)
  leadRoutes(scope, context)
  leadExplainRoute(scope, context)
  leadUpkeepRoutes(scope, context)
  campaignExplainRoute(scope, context)
  leadImportRoute(scope, context)
  leadPreviewRoute(scope, context)
  moveInRoute(scope, context)
  permissionRoutes(scope, context)
  permissionImportRoute(scope, context)
  personRoutes(scope, context)
  doNotCallRoutes(scope, context)
  proposalRoutes(scope, context)
  listImportRoute(scope, context)
  agentRoutes(scope, context)
  phoneRoutes(scope, context)
  callRoutes(scope, context)
  callActionRoutes(scope, context)
  deskRoutes(scope, context, live.days)
  wishRoutes(scope, context)
  dialingRoutes(scope, context)
  ruleRoutes(scope, context)
  ledgerRoutes(scope, context)
  backupRoutes(scope, context)
  archiveRoutes(scope, context)
  reportRoutes(scope, context)
  alarmRoutes(scope, context)
  drainRoutes(scope, context)
  upkeepRoutes(scope, context)
  systemRoutes(scope, context, live)
  metricsRoute(scope, context)
}

/**
 * Whether the API will be able to listen there, without anything to serve yet.
 * @throws ConfigError what is in the way
 */
export async function checkAddress(at: Address): Promise<void> {
  refuseOpenAddress(at)
  const trial = createTrial()
  try {
    await new Promise<void>((resolve, reject) => trial.once('error', reject).listen(at.port, at.host, resolve))
  } catch (cause) {
    throw cannotListen(at, cause)
  }
  await new Promise(resolve => trial.close(resolve))
}

async function close(app: Api, graceMs: number): Promise<void> {
  // An upload may take minutes; a daemon that is asked to stop does not.
  const impatience = setTimeout(() => app.server.closeAllConnections(), graceMs)
  try {
    await app.close()
  } finally {
    clearTimeout(impatience)
  }
}

/** Where the API listens, and with which token. */
interface Address {
  readonly host: string
  readonly port: number
  readonly token?: string | undefined
}

async function listen(app: Api, at: Address): Promise<string> {
  const { host, port } = at
  refuseOpenAddress(at)
  try {
    return await app.listen({ host, port })
  } catch (cause) {
    throw cannotListen(at, cause)
  }
}

function refuseOpenAddress({ host, token }: Address): void {
  if (token !== undefined || isLoopback(host)) return
  throw new ConfigError(
    'token-missing',
    `the API would listen on ${host} without a token: set api.tokenFile, or api.host to 127.0.0.1`,
  )
}

function cannotListen({ host, port }: Address, cause: unknown): ConfigError {
  return new ConfigError('cannot-listen', `the API cannot listen on ${host}:${port}: ${listenFailure(cause)}`, {
    cause,
  })
}

function listenFailure(cause: unknown): string {
  const words: Readonly<Record<string, string>> = {
    EADDRINUSE: 'the port is in use; stop the other program or set api.port',
    EACCES: 'no permission for this port; set api.port to 1024 or more',
    EADDRNOTAVAIL: 'this machine has no such address; set api.host',
    ENOTFOUND: 'there is no such host; set api.host',
  }
  return words[errorCode(cause)] ?? errorCode(cause)
}
