import { useSignal } from '@preact/signals'
import type { SessionView } from '../../api/access/sessions.ts'
import type { AgentView } from '../../api/agents/agents.ts'
import type { DeskPhoneView } from '../../api/agents/phones.ts'
import { given } from '../../core/given.ts'
import { Answer, Confirm, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useAsked, useDeed } from '../parts/asking.ts'
import { Part, Text } from '../parts/forms.tsx'
import { say } from '../parts/words.ts'

const base = (agentId: string): string => `/v1/agents/${encodeURIComponent(agentId)}`

interface AgentsProps {
  readonly rights: SessionView['rights']
}

/** Agents with their telephones. */
export function Agents({ rights }: AgentsProps) {
  const asked = useAsked<{ agents: AgentView[] }>('/v1/agents')
  return (
    <Part title={say('settings.agents')}>
      {rights.includes('change-campaigns') && <AgentForm onDone={asked.again} />}
      <Answer asked={asked} what={say('settings.agents')}>
        {({ agents }) => (
          <>
            {agents.length === 0 && <p class="muted">{say('settings.no-agents')}</p>}
            <ul class="plain listed">
              {agents.map(agent => (
                <Agent key={agent.agentId} agent={agent} rights={rights} onGone={asked.again} />
              ))}
            </ul>
          </>
        )}
      </Answer>
    </Part>
  )
}

function AgentForm({ onDone }: { readonly onDone: () => void }) {
  const [agentId, name, endpoint, campaignId] = [useSignal(''), useSignal(''), useSignal(''), useSignal('')]
  const deed = useDeed()
  const save = async (event: Event): Promise<void> => {
    event.preventDefault()
    const of = (written: string): string | undefined => written.trim() || undefined
    const body = {
      agentId: agentId.value.trim(),
      ...given({ name: of(name.value), endpoint: of(endpoint.value), campaignId: of(campaignId.value) }),
    }
    if (!(await deed.run(() => ask('POST', '/v1/agents', body)))) return
    for (const field of [agentId, name, endpoint, campaignId]) field.value = ''
    onDone()
  }
  return (
    <form class="card stack" onSubmit={event => void save(event)}>
      <div class="fields">
        <Text label={say('settings.agent-id')} value={agentId} isRequired maxLength={40} />
        <Text label={say('settings.name')} value={name} maxLength={120} />
        <Text label={say('settings.endpoint')} value={endpoint} maxLength={120} />
        <Text label={say('settings.campaign')} value={campaignId} maxLength={40} />
      </div>
      <p class="small muted">{say('settings.agent-hint')}</p>
      <Refused refused={deed.refused} />
      <div>
        <button type="submit" class="first" disabled={deed.isBusy.value}>
          {say('settings.add-agent')}
        </button>
      </div>
    </form>
  )
}

interface AgentProps extends AgentsProps {
  readonly agent: AgentView
  readonly onGone: () => void
}

function Agent({ agent: { agentId, name, endpoint, campaignId }, rights, onGone }: AgentProps) {
  const isAsked = useSignal<'remove' | 'phone' | undefined>(undefined)
  const phone = useSignal<DeskPhoneView | undefined>(undefined)
  const deed = useDeed()
  const close = (): void => {
    isAsked.value = undefined
  }
  const remove = async (): Promise<void> => {
    if (!(await deed.run(() => ask('DELETE', base(agentId))))) return
    close()
    onGone()
  }
  const make = async (): Promise<void> => {
    const done = await deed.run(async () => {
      phone.value = await ask<DeskPhoneView>('POST', `${base(agentId)}/phone`)
    })
    if (done) close()
  }
  return (
    <li class="stack">
      <div class="row spread">
        <span>
          <strong>
            <bdi>{name}</bdi>
          </strong>
          <span class="small muted">
            {[agentId, endpoint, campaignId].map(one => one !== undefined && ` · ${one}`)}
          </span>
        </span>
        <AgentButtons name={name} rights={rights} onAsk={what => (isAsked.value = what)} />
      </div>
      {phone.value !== undefined && <Phone phone={phone.value} onDone={() => (phone.value = undefined)} />}
      {isAsked.value === 'remove' && (
        <Confirm
          title={say('settings.remove-sure', { name })}
          does={say('settings.remove')}
          deed={deed}
          isGrave
          onYes={() => void remove()}
          onNo={close}
        >
          <p>{say('settings.remove-agent')}</p>
        </Confirm>
      )}
      {isAsked.value === 'phone' && (
        <Confirm
          title={say('settings.phone')}
          does={say('settings.phone-make')}
          deed={deed}
          onYes={() => void make()}
          onNo={close}
        >
          <p>{say('settings.phone-lead', { name })}</p>
        </Confirm>
      )}
    </li>
  )
}

interface AgentButtonsProps extends AgentsProps {
  readonly name: string
  readonly onAsk: (what: 'remove' | 'phone') => void
}

function AgentButtons({ name, rights, onAsk }: AgentButtonsProps) {
  return (
    <span class="row">
      {rights.includes('set-up-phones') && (
        <button type="button" onClick={() => onAsk('phone')}>
          {say('settings.phone')}
        </button>
      )}
      {rights.includes('change-campaigns') && (
        <button
          type="button"
          class="act"
          aria-label={`${say('settings.remove')} ${name}`}
          onClick={() => onAsk('remove')}
        >
          {say('settings.remove')}
        </button>
      )}
    </span>
  )
}

function Phone({ phone, onDone }: { readonly phone: DeskPhoneView; readonly onDone: () => void }) {
  const { server, port, transport, user, password, logInNumber, note } = phone
  const lines = [
    [say('settings.server'), `${server}:${port} (${transport})`],
    [say('settings.user'), user],
    [say('settings.secret'), password],
    [say('settings.dials'), logInNumber],
  ] as const
  return (
    <div class="note warn stack" role="status">
      <p>{say('settings.phone-type')}</p>
      <dl class="facts">
        {lines.map(([name, value]) => (
          <>
            <dt key={name}>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </>
        ))}
      </dl>
      {note !== undefined && <p>{note}</p>}
      <div>
        <button type="button" onClick={onDone}>
          {say('settings.done')}
        </button>
      </div>
    </div>
  )
}
