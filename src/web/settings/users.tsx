import { useSignal } from '@preact/signals'
import type { SessionListView } from '../../api/access/sessions.ts'
import type { InviteView, UserView } from '../../api/access/users.ts'
import { given } from '../../core/given.ts'
import { Answer, Confirm, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useAsked, useDeed } from '../parts/asking.ts'
import { Choice, named, Part, Text } from '../parts/forms.tsx'
import { dayTime, say } from '../parts/words.ts'
import { ShownOnce } from './shown.tsx'

const roles = ['supervisor', 'agent', 'auditor', 'admin'] as const
const base = (name: string): string => `/v1/users/${encodeURIComponent(name)}`

/** Who may log in. */
export function Users({ own }: { readonly own: string }) {
  const asked = useAsked<{ users: UserView[] }>('/v1/users')
  const link = useSignal<InviteView | undefined>(undefined)
  const chosen = useSignal<string | undefined>(undefined)
  const isAdding = useSignal(false)
  const close = (): void => {
    chosen.value = undefined
    isAdding.value = false
    asked.again()
  }
  const show = (invited: InviteView): void => {
    link.value = invited
    close()
  }
  return (
    <Part title={say('settings.users')}>
      {link.value !== undefined && <Link invited={link.value} onDone={() => (link.value = undefined)} />}
      {isAdding.value ? (
        <UserForm onLink={show} onDone={close} />
      ) : (
        <div>
          <button type="button" class="first" onClick={() => (isAdding.value = true)}>
            {say('settings.add-user')}
          </button>
        </div>
      )}
      <Answer asked={asked} what={say('settings.users')}>
        {({ users }) => (
          <ul class="plain listed">
            {users.map(user => (
              <li key={user.name} class="stack">
                <div class="row spread">
                  <About user={user} />
                  <button
                    type="button"
                    aria-label={`${say('settings.change')} ${user.name}`}
                    aria-expanded={chosen.value === user.name}
                    onClick={() => (chosen.value = chosen.value === user.name ? undefined : user.name)}
                  >
                    {say('settings.change')}
                  </button>
                </div>
                {chosen.value === user.name && (
                  <>
                    <UserForm user={user} onLink={show} onDone={close} />
                    <UserDeeds user={user} isOwn={user.name === own} onLink={show} onDone={close} />
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Part>
  )
}

function Link({ invited, onDone }: { readonly invited: InviteView; readonly onDone: () => void }) {
  const { user, url, path, expiresAt } = invited
  const says = say('settings.link', { name: user.name, until: dayTime(expiresAt) })
  return <ShownOnce says={says} text={url ?? `${location.origin}${path}`} onDone={onDone} />
}

function About({ user }: { readonly user: UserView }) {
  const { name, role, campaigns, agentId, disabled, hasPassword, oneTimeCodes, sessions, linkUntil } = user
  const facts = [
    ...campaigns,
    ...(agentId === undefined ? [] : [agentId]),
    ...(oneTimeCodes ? [say('settings.codes')] : []),
    ...(sessions > 0 ? [say('settings.sessions', { count: sessions })] : []),
    ...(hasPassword ? [] : [say('settings.no-password')]),
    ...(linkUntil === undefined ? [] : [say('settings.link-until', { until: dayTime(linkUntil) })]),
  ]
  return (
    <span>
      <strong>
        <bdi>{name}</bdi>
      </strong>
      {` · ${say(`settings.role.${role}`)}`}
      <span class="small muted">{facts.map(fact => ` · ${fact}`)}</span>
      {disabled && <span class="small acts">{` · ${say('settings.disabled')}`}</span>}
    </span>
  )
}

interface UserFormProps {
  /** Absent: a new one. */
  readonly user?: UserView
  readonly onLink: (invited: InviteView) => void
  readonly onDone: () => void
}

function UserForm({ user, onLink, onDone }: UserFormProps) {
  const name = useSignal('')
  const role = useSignal<string>(user?.role ?? 'supervisor')
  const campaigns = useSignal((user?.campaigns ?? []).join(', '))
  const agentId = useSignal(user?.agentId ?? '')
  const sees = useSignal('')
  const disabled = useSignal(user?.disabled === true ? 'yes' : 'no')
  const deed = useDeed()
  const save = (event: Event): void => {
    event.preventDefault()
    const details = {
      role: role.value,
      campaigns: named(campaigns.value),
      ...given({
        agentId: agentId.value.trim() || undefined,
        seesNumbers: sees.value === '' ? undefined : sees.value === 'yes',
      }),
    }
    void deed.run(async () => {
      if (user === undefined) return onLink(await ask('POST', '/v1/users', { name: name.value.trim(), ...details }))
      await ask('PATCH', base(user.name), { ...details, disabled: disabled.value === 'yes' })
      onDone()
    })
  }
  const yesOrNo = [
    ['no', say('settings.sees.no')],
    ['yes', say('settings.sees.yes')],
  ] as const
  return (
    <form class="card stack" onSubmit={save}>
      <div class="fields">
        {user === undefined && <Text label={say('settings.name')} value={name} isRequired maxLength={40} />}
        <Choice
          label={say('settings.role')}
          value={role}
          choices={roles.map(one => [one, say(`settings.role.${one}`)] as const)}
        />
        {(role.value === 'supervisor' || role.value === 'agent') && (
          <Text label={say('settings.campaigns')} value={campaigns} maxLength={10_000} />
        )}
        {role.value === 'agent' && <Text label={say('settings.line')} value={agentId} isRequired maxLength={40} />}
        <Choice label={say('settings.sees')} value={sees} choices={[['', say('settings.sees.role')], ...yesOrNo]} />
        {user !== undefined && (
          <Choice
            label={say('settings.disabled')}
            value={disabled}
            choices={[
              ['no', '–'],
              ['yes', say('settings.sees.yes')],
            ]}
          />
        )}
      </div>
      <p class="small muted">{say('settings.campaigns-hint')}</p>
      <Refused refused={deed.refused} />
      <div class="row">
        <button type="submit" class="first" disabled={deed.isBusy.value}>
          {say(user === undefined ? 'settings.add-user' : 'settings.save')}
        </button>
        <button type="button" onClick={onDone}>
          {say('shell.no')}
        </button>
      </div>
    </form>
  )
}

interface UserDeedsProps {
  readonly user: UserView
  /** They look at themselves. */
  readonly isOwn: boolean
  readonly onLink: (invited: InviteView) => void
  readonly onDone: () => void
}

function UserDeeds({ user: { name, oneTimeCodes, sessions }, isOwn, onLink, onDone }: UserDeedsProps) {
  const deed = useDeed()
  const isAsked = useSignal(false)
  const press = (work: () => Promise<unknown>) => () =>
    void deed.run(async () => {
      await work()
      onDone()
    })
  const logOut = async (): Promise<void> => {
    const path = `/v1/sessions?user=${encodeURIComponent(name)}`
    const { sessions: all } = await ask<SessionListView>('GET', path)
    for (const { sessionId } of all) await ask('DELETE', `/v1/sessions/${encodeURIComponent(sessionId)}`)
  }
  return (
    <div class="row">
      <button
        type="button"
        disabled={deed.isBusy.value}
        onClick={() => void deed.run(async () => onLink(await ask<InviteView>('POST', `${base(name)}/invite`)))}
      >
        {say('settings.invite')}
      </button>
      {oneTimeCodes && (
        <button
          type="button"
          disabled={deed.isBusy.value}
          onClick={press(() => ask('DELETE', `${base(name)}/one-time-codes`))}
        >
          {say('settings.reset-codes')}
        </button>
      )}
      {sessions > 0 && !isOwn && (
        <button type="button" disabled={deed.isBusy.value} onClick={press(logOut)}>
          {say('settings.end-sessions')}
        </button>
      )}
      {!isOwn && (
        <button type="button" class="act" onClick={() => (isAsked.value = true)}>
          {say('settings.remove')}
        </button>
      )}
      {isAsked.value ? (
        <Confirm
          title={say('settings.remove-sure', { name })}
          does={say('settings.remove')}
          deed={deed}
          isGrave
          onYes={press(() => ask('DELETE', base(name)))}
          onNo={() => (isAsked.value = false)}
        >
          <p>{say('settings.remove-user')}</p>
        </Confirm>
      ) : (
        <Refused refused={deed.refused} />
      )}
    </div>
  )
}
