import type { AgentId } from '../../core/ids.ts'
import type { AmiLink } from '../ami/link.ts'
import type { AmiMessage } from '../ami/message.ts'
import type { NodeContext } from '../context.ts'
import { hasCode } from '../errors.ts'
import type { Agents } from '../legs/agents.ts'
import { endpointResource } from '../legs/names.ts'

/** A contact that cannot be reached is as good as none. Words of PJSIPShowContacts and of ContactStatus. */
const deadStatuses: ReadonlySet<string> = new Set(['Removed', 'Unreachable', 'Unavail', 'Unavailable'])

/** Which agents' softphones are registered. */
export class Registrations {
  readonly #context: NodeContext
  readonly #ami: AmiLink
  readonly #agents: Agents
  /** Live contact URIs by endpoint. */
  readonly #contacts = new Map<string, Set<string>>()
  readonly #told = new Map<AgentId, boolean>()

  constructor(context: NodeContext, ami: AmiLink, agents: Agents) {
    this.#context = context
    this.#ami = ami
    this.#agents = agents
  }

  /** Asks for all of them, once a link. */
  async read(): Promise<void> {
    const contacts = await this.#ami.list({ Action: 'PJSIPShowContacts' }).catch(error => {
      // That is how the PBX says "none".
      if (hasCode(error, 'rejected')) return []
      throw error
    })
    this.#contacts.clear()
    for (const contact of contacts) this.#note(contact.endpoint || contact.aor, contact.uri, contact.status)
  }

  /** Tells what is known of every agent, the first time and whenever it has changed. */
  tell(): void {
    for (const { agentId, endpoint } of this.#agents.settings()) {
      const registered = this.isRegistered(endpointResource(endpoint))
      if (this.#told.get(agentId) === registered) continue
      this.#told.set(agentId, registered)
      this.#context.emit({ kind: 'agent-registration', agentId, registered, at: this.#context.clock.now() })
    }
  }

  isRegistered(endpoint: string): boolean {
    return (this.#contacts.get(endpoint)?.size ?? 0) > 0
  }

  onContactStatus(event: AmiMessage): void {
    this.#note(event.endpointname || event.aor, event.uri, event.contactstatus)
    this.tell()
  }

  #note(endpoint: string | undefined, uri: string | undefined, status: string | undefined): void {
    if (!endpoint || !uri) return
    const known = this.#contacts.get(endpoint) ?? new Set()
    if (deadStatuses.has(status ?? '')) known.delete(uri)
    else known.add(uri)
    this.#contacts.set(endpoint, known)
  }
}
