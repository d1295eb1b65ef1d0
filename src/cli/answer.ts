import { workingType } from '../api/working.ts'
import { InputError, OperatingError } from '../errors.ts'
import { linesOf } from './lines.ts'
import { breaking, type Silence } from './silence.ts'

/** How far the daemon is, as it tells. */
export interface Told {
  readonly what?: string
  readonly done?: number
  readonly total?: number
}

/** Who hears of an answer that takes a while. */
interface Hearing {
  readonly silence: Silence
  working(told: Told): void
}

/**
 * Reads an answer to its end: one that is there, or one that is told to be worked at before it comes.
 * @throws InputError the daemon's no; OperatingError
 */
export async function readAnswer(response: Response, hearing: Hearing): Promise<unknown> {
  hearing.silence.broken()
  if (!response.ok) throw await refusal(response)
  if (response.headers.get('content-type') !== workingType) return parsed(await response.text(), response.url)
  if (response.body !== null) {
    for await (const line of linesOf(breaking(response.body, hearing.silence))) {
      const said = parsed(line, response.url)
      const refused = refusalIn(said)
      if (refused !== undefined) throw refused
      if (typeof said === 'object' && said !== null && 'answer' in said) return said.answer
      hearing.working(part(said, 'working') ?? {})
    }
  }
  throw new OperatingError(
    'daemon-gone',
    `the daemon at ${response.url} broke off before its answer: see its log, then try again`,
  )
}

function parsed(text: string, url: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new OperatingError('not-dialwright', notOurs(`${url} answered`), { cause })
  }
}

function notOurs(what: string): string {
  return `${what}, and not as dialwright does: check api.host and api.port`
}

/** What a response that is no answer says. */
export async function refusal(response: Response): Promise<OperatingError> {
  const body: unknown = await response.json().catch(() => undefined)
  return refusalIn(body) ?? new OperatingError('not-dialwright', notOurs(`${response.url} answered ${response.status}`))
}

function refusalIn(body: unknown): InputError | undefined {
  const error = part(body, 'error')
  const code = part(error, 'code')
  const message = part(error, 'message')
  return typeof code === 'string' && typeof message === 'string' ? new InputError(code, message) : undefined
}

function part(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([name]) => name === key)?.[1]
}
