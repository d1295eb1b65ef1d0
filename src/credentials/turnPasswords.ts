import { createHmac } from 'node:crypto'

/**
 * A name and a password for a TURN server that knows the same secret (coturn's `use-auth-secret`): they end by themselves, and the secret
 * reaches no page (draft-uberti-behave-turn-rest-00, section 2.2). `until`: epoch ms, of which whole
 * seconds count.
 */
export function turnPassword({
  secret,
  name,
  until,
}: {
  readonly secret: string
  readonly name: string
  readonly until: number
}): { readonly username: string; readonly credential: string } {
  const username = `${Math.floor(until / 1_000)}:${name}`
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}
