import { strictEqual } from 'node:assert'

/** A browser that has logged in. */
export interface LoggedIn {
  readonly cookie: string
  readonly csrf: string
  /** What it sends with each request. */
  readonly headers: Record<string, string>
}

/** Logs in as a browser does. */
export async function logInAs(
  url: string,
  body: { readonly name: string; readonly password: string; readonly code?: string },
): Promise<LoggedIn> {
  const response = await fetch(`${url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { csrf: string }
  strictEqual(response.status, 200, JSON.stringify(answer))
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return { cookie, csrf: answer.csrf, headers: { cookie, 'x-csrf-token': answer.csrf } }
}
