// The demo steers the daemon as any program would: over its HTTP API.
/**
 * Asks the daemon's API; a refusal throws its one line. The caller knows the answer's shape.
 * @typedef {object} Api
 * @property {<Answer>(path: string) => Promise<Answer>} get
 * @property {<Answer>(path: string, body?: unknown) => Promise<Answer>} put
 * @property {<Answer>(path: string, body?: unknown) => Promise<Answer>} post
 * @property {<Answer>(path: string, text: string | Uint8Array<ArrayBuffer>, type: string) => Promise<Answer>} upload
 * @property {(onEvent: (event: EngineEvent) => void, signal: AbortSignal) => Promise<void>} events calls back with every
 * engine event until the signal ends it
 *
 * @typedef {{ kind: string } & { [field: string]: unknown }} EngineEvent as it comes over the wire
 */

/**
 * Asks the API at `url`.
 * @param {{ url: string, token: string }} at
 * @returns {Api}
 */
export function createApi({ url, token }) {
  const headers = { authorization: `Bearer ${token}` }

  /**
   * @template Answer
   * @param {string} method
   * @param {string} path
   * @param {{ body?: unknown, type?: string }} [content]
   * @returns {Promise<Answer>}
   */
  async function ask(method, path, { body, type = 'application/json' } = {}) {
    const content = type === 'application/json' && body !== undefined ? JSON.stringify(body) : body
    const response = await fetch(`${url}${path}`, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': type },
      // What is uploaded is text or bytes.
      body: /** @type {string | Uint8Array<ArrayBuffer> | undefined} */ (content) ?? null,
    })
    const answer = await response.json()
    if (!response.ok) throw new ApiRefusal(refusalOf(answer) ?? { code: String(response.status), message: path })
    return /** @type {Answer} */ (answer)
  }

  return {
    get: path => ask('GET', path),
    put: (path, body) => ask('PUT', path, { body }),
    post: (path, body) => ask('POST', path, { body }),
    upload: (path, text, type) => ask('POST', path, { body: text, type }),

    async events(onEvent, signal) {
      const response = await fetch(`${url}/v1/events`, { headers, signal })
      let rest = ''
      if (response.body === null) return
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + chunk).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const data = block.split('\n').find(line => line.startsWith('data:'))
          if (data !== undefined) onEvent(JSON.parse(data.slice(5)))
        }
      }
    },
  }
}

/**
 * @param {unknown} answer
 * @returns {{ code: string, message: string } | undefined}
 */
function refusalOf(answer) {
  // The API's own errors have this shape; whatever else answers has none.
  return /** @type {{ error?: { code: string, message: string } } | null} */ (answer)?.error
}

class ApiRefusal extends Error {
  /** @param {{ code: string, message: string }} refusal */
  constructor({ code, message }) {
    super(message)
    this.code = code
  }
}
