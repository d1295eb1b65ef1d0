import { createRequire } from 'node:module'
import { given } from '../../core/given.ts'
import { telephonyError } from '../errors.ts'
import type { AriHttp, AriRequest } from './http.ts'

/** What swagger-client, below ari-client, hands to its HTTP. */
interface SwaggerCall {
  readonly url: string
  readonly method: string
  readonly body?: string
  readonly on: {
    readonly response: (answer: { readonly status: number; readonly data: string }) => void
    readonly error: (failure: unknown) => void
  }
}

/** The parts of swagger-client that are touched; it has no types. */
interface Swagger {
  readonly SwaggerHttp: { readonly prototype: { execute: (call: SwaggerCall) => void } }
  readonly authorizations: { apply: () => boolean }
}

/** By host; the newest of a host is used. Two exist while a doctor looks at a node that a link is being made to. */
const https = new Map<string, readonly AriHttp[]>()
let installed = false

/**
 * ari-client keeps building its operations from the server's own description; the HTTP below it is ours. Its own, of 2013, never
 * answers at all when a connection breaks, has no time limit, loses the status, and keeps one password for the whole process, so
 * that a second node would be called with the first one's. Returns what takes it out again.
 */
export function installBelowSwagger(host: string, http: AriHttp): () => void {
  https.set(host, [...(https.get(host) ?? []), http])
  replaceHttp()
  return () => https.set(host, https.get(host)?.filter(other => other !== http) ?? [])
}

function replaceHttp(): void {
  if (installed) return
  installed = true
  // The very copy that ari-client uses, wherever npm put it.
  const require = createRequire(createRequire(import.meta.url).resolve('ari-client'))
  const swagger = require('swagger-client') as Swagger
  // It also leaks a function of that name into the global scope, and prints through it.
  Object.assign(globalThis, { log: () => {} })
  // The one password for everything; by a deprecated Buffer() that costs more than the rest of a request.
  swagger.authorizations.apply = () => true
  swagger.SwaggerHttp.prototype.execute = ({ url, method, body, on }) => {
    const http = https.get(new URL(url).host)?.at(-1)
    if (http === undefined) return on.error(telephonyError('unreachable', 'The ARI connection is closed'))
    // swagger-client names no other methods than these.
    const verb = method.toUpperCase() as AriRequest['method']
    const urgent = verb !== 'GET' && (verb !== 'POST' || body === undefined)
    http
      .send({ method: verb, path: pathOf(url), urgent, ...given({ body }) })
      .then(data => on.response({ status: 200, data }), on.error)
  }
}

/** ari-client knows only `/ari`; the configured URL may have the PBX's prefix before it. */
function pathOf(url: string): string {
  return url.slice(url.indexOf('/ari/') + '/ari'.length)
}
