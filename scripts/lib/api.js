// The demo steers the daemon as any program would: over its HTTP API.

/** @returns an object that asks the API at `url`; a refusal throws its one line. */
export function createApi({ url, token }) {
  const headers = { authorization: `Bearer ${token}` }

  async function ask(method, path, { body, type = 'application/json' } = {}) {
    const content = type === 'application/json' && body !== undefined ? JSON.stringify(body) : body
    const response = await fetch(`${url}${path}`, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': type },
      body: content,
    })
    const answer = await response.json()
    if (!response.ok) throw new ApiRefusal(answer.error ?? { code: String(response.status), message: path })
    return answer
  }

  return {
    get: path => ask('GET', path),
    put: (path, body) => ask('PUT', path, { body }),
    post: (path, body) => ask('POST', path, { body }),
    upload: (path, text, type) => ask('POST', path, { body: text, type }),
    /** Calls back with every engine event until the signal ends it. */
    async events(onEvent, signal) {
      const response = await fetch(`${url}/v1/events`, { headers, signal })
      let rest = ''
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + chunk).split('\n\n')
        rest = blocks.pop()
        for (const block of blocks) {
          const data = block.split('\n').find(line => line.startsWith('data:'))
          if (data !== undefined) onEvent(JSON.parse(data.slice(5)))
        }
      }
    },
  }
}

class ApiRefusal extends Error {
  constructor({ code, message }) {
    super(message)
    this.code = code
  }
}
