import { request } from 'undici'
import { errorCode } from '../../errors.ts'
import { type AriOptions, basicAuthorization } from '../ari/http.ts'
import type { AriOutcome, AriReader, LinkFault } from './types.ts'

const answerLimitMs = 10_000

type Address = Pick<AriOptions, 'url' | 'user' | 'secret'>

/** Asks ARI for a ping, or says what is wrong. `isRunning`: AMI answers, so Asterisk runs whatever its web server does. */
export async function tryAri(address: Address, isRunning: boolean): Promise<AriOutcome> {
  const reader = readerAt(address)
  try {
    const answer = await reader.get('/asterisk/ping')
    if ('status' in answer) return { fault: refusal(address, answer.status) }
    const at = timestampOf(answer.body)
    return Number.isFinite(at) ? { reader, pbxAt: at } : { fault: notAri(address.url) }
  } catch (error) {
    return { fault: unreachable(address, { error, isRunning }) }
  }
}

/** Asks ARI's REST interface, each question within {@link answerLimitMs}. */
export function readerAt({ url, ...login }: Address): AriReader {
  const base = url.replace(/\/$/, '')
  // Not `fetch`: it refuses ports that a browser must not reach, 5060 and 5061 among them.
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string) =>
    request(`${base}${path}`, {
      method,
      headers: { authorization: basicAuthorization(login) },
      signal: AbortSignal.timeout(answerLimitMs),
    })
  return {
    async get(path) {
      const { statusCode, body } = await ask('GET', path)
      if (statusCode >= 200 && statusCode < 300) return { body: await body.json() }
      await body.dump()
      return { status: statusCode }
    },
    async send(method, path) {
      const { statusCode, body } = await ask(method, path)
      await body.dump()
      return statusCode
    },
  }
}

function timestampOf(body: unknown): number {
  if (typeof body !== 'object' || body === null || !('timestamp' in body)) return Number.NaN
  return Date.parse(String(body.timestamp))
}

function refusal({ url, user }: Address, status: number): LinkFault {
  if (status === 401 || status === 403)
    return {
      code: 'unauthorized',
      says: `refuses user "${user}" at ${url}: wrong password, or no such user`,
      todo: 'compare the user in ari.conf with nodes (ari) in the configuration, then `module reload res_ari`',
    }
  if (status === 404)
    return {
      code: 'ari-off',
      says: `Asterisk's web server answers at ${url}, but ARI is off there, or under another path`,
      todo: 'ari.conf needs enabled = yes and the module res_ari; with a prefix in http.conf it belongs into nodes (ari.url)',
    }
  return {
    code: `status-${status}`,
    says: `answers ${status} at ${url}`,
    todo: 'see the log of Asterisk, and of a proxy before it',
  }
}

function notAri(url: string): LinkFault {
  return {
    code: 'not-ari',
    says: `what answers at ${url} is not Asterisk's ARI: wrong port or path?`,
    todo: 'set nodes (ari.url) in the configuration to the address of http.conf (usually http://127.0.0.1:8088/ari)',
  }
}

const noWebServer = 'http.conf on the PBX needs enabled = yes, bindaddr and bindport, then a restart of Asterisk'

function unreachable({ url }: Address, { error, isRunning }: { error: unknown; isRunning: boolean }): LinkFault {
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error
  const code = errorCode(inner)
  const where = `cannot be reached at ${url} (${code})`
  if (code === 'ECONNREFUSED') {
    const why = isRunning ? 'Asterisk runs, but no web server listens there' : 'nothing listens there'
    return { code, says: `${where}: ${why}`, todo: `see nodes (ari.url) in the configuration; ${noWebServer}` }
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { code, says: where, todo: 'see nodes (ari.url) in the configuration: nobody knows this host' }
  if (inner instanceof SyntaxError || code.startsWith('HPE_') || code === 'UND_ERR_SOCKET') return notAri(url)
  return { code, says: where, todo: 'see nodes (ari.url) in the configuration, and the network or tunnel to the PBX' }
}
