import { given } from '../../core/given.ts'
import type { AmiConnection } from '../ami/connection.ts'
import type { AmiMessage } from '../ami/message.ts'
import { hasCode } from '../errors.ts'

/** An endpoint's settings as PJSIP has them in force: names in lower case without underscores, `rtptimeout`. */
export type EndpointSettings = Readonly<Record<string, string | undefined>>

/** What Asterisk's own files say of its doors; absent: the file cannot be read, or does not say. */
export interface DoorSettings {
  readonly managerBind?: string
  readonly managerTls: boolean
  readonly webBind?: string
  readonly webSessionsMax?: number
  readonly livesDangerously: boolean
}

/** What only somebody asks for who wants to know all. */
export interface ThoroughDiagnosis {
  /** Actions of the manager interface that our user may ask for, in lower case. */
  readonly actions: ReadonlySet<string>
  /** Absent: our user may not read Asterisk's files. */
  readonly doors?: DoorSettings
  /** Endpoints of ours that there are, by name. */
  readonly settings: ReadonlyMap<string, EndpointSettings>
}

/** Asterisk answers some thousand such questions a second; so many are on their way at once. */
const askedAtOnce = 20

/** Asks over AMI, one question an endpoint; changes nothing. */
export async function diagnoseThoroughly(ami: AmiConnection, endpoints: readonly string[]): Promise<ThoroughDiagnosis> {
  const actions = new Set(Object.keys(await ami.action({ Action: 'ListCommands' })))
  const doors = actions.has('getconfig') ? await readDoors(ami) : undefined
  const settings = new Map<string, EndpointSettings>()
  const names = [...new Set(endpoints)]
  const ask = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const [detail] = (await unlessRejected(ami.list({ Action: 'PJSIPShowEndpoint', Endpoint: name }))) ?? []
      if (detail !== undefined) settings.set(name, detail)
    }
  }
  await Promise.all(Array.from({ length: askedAtOnce }, ask))
  return { actions, settings, ...given({ doors }) }
}

async function unlessRejected<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (hasCode(error, 'rejected')) return undefined
    throw error
  }
}

/** Of each file the one section that says how a door is opened: the others hold passwords. */
async function readDoors(ami: AmiConnection): Promise<DoorSettings | undefined> {
  const [manager, web, options] = await Promise.all([
    section(ami, 'manager.conf', 'general'),
    section(ami, 'http.conf', 'general'),
    section(ami, 'asterisk.conf', 'options'),
  ])
  if (manager === undefined && web === undefined) return undefined
  const sessions = Number(web?.get('sessionlimit') ?? Number.NaN)
  return {
    managerTls: isYes(manager?.get('tlsenable')),
    livesDangerously: isYes(options?.get('live_dangerously')),
    ...given({
      managerBind: manager && (manager.get('bindaddr') ?? ''),
      webBind: web && (web.get('bindaddr') ?? ''),
      webSessionsMax: Number.isFinite(sessions) ? sessions : undefined,
    }),
  }
}

function isYes(written: string | undefined): boolean {
  return /^(yes|true|on|y|t|1)$/i.test(written ?? '')
}

async function section(
  ami: AmiConnection,
  file: string,
  category: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  const answer = await unlessRejected(ami.action({ Action: 'GetConfig', Filename: file, Category: category }))
  return answer === undefined ? undefined : linesOf(answer)
}

/** `Line-000000-000001: bindaddr=127.0.0.1`; a name that stands twice has its last value. */
function linesOf(answer: AmiMessage): ReadonlyMap<string, string> {
  const lines = Object.entries(answer).flatMap(([header, line = '']) => {
    const at = line.indexOf('=')
    return header.startsWith('line-') && at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const] : []
  })
  return new Map(lines)
}
