import { useSignal } from '@preact/signals'
import type { PermissionView } from '../../api/persons.ts'
import { Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useDeed } from '../parts/asking.ts'
import { dayTime, say, sayOf } from '../parts/words.ts'
import type { CaseProps } from './case.ts'

const bases = ['written', 'express', 'purchase', 'inquiry'] as const

/** What the person has permitted about which topics, with the evidence; and what they say now. */
export function Permissions({
  session,
  number,
  changed,
  permissions,
}: CaseProps & { readonly permissions: readonly PermissionView[] }) {
  const mayChange = session.rights.includes('record-wishes')
  const open = permissions.filter(({ withdrawnAt }) => withdrawnAt === undefined)
  const topics = [...new Set(open.flatMap(permission => permission.topics))]
  return (
    <section class="card stack" aria-labelledby="permissions-title">
      <h3 id="permissions-title">{say('people.permissions')}</h3>
      {permissions.length === 0 && <p>{say('people.no-permissions')}</p>}
      <ul class="plain stack">
        {permissions.map(permission => (
          <Permission key={permission.permissionId} permission={permission} />
        ))}
      </ul>
      {mayChange && open.length > 0 && <Withdraw number={number} changed={changed} topics={topics} />}
      {mayChange && <Add number={number} changed={changed} />}
    </section>
  )
}

function Permission({ permission }: { readonly permission: PermissionView }) {
  const { topics, basis, channels, givenAt, expiresAt, withdrawnAt, withdrawnHow, how, seller } = permission
  return (
    <li>
      <p>
        <b>{topics.length === 0 ? say('people.every-topic') : topics.join(', ')}</b>{' '}
        <span class="small muted">{[sayOf('permits', basis), ...channels, seller].filter(Boolean).join(' · ')}</span>
      </p>
      <p class="small muted">
        {say('people.given', { at: dayTime(givenAt) })}
        {expiresAt !== undefined && ` · ${say('people.expires', { at: dayTime(expiresAt) })}`}
      </p>
      <p class="said small">{how}</p>
      {withdrawnAt !== undefined && (
        <p class="acts small">
          {say('people.withdrawn', { at: dayTime(withdrawnAt) })}
          {withdrawnHow !== undefined && `: ${withdrawnHow}`}
        </p>
      )}
    </li>
  )
}

interface WithdrawProps extends Pick<CaseProps, 'number' | 'changed'> {
  readonly topics: readonly string[]
}

/** Empty: about anything. */
function Withdraw({ number, changed, topics }: WithdrawProps) {
  const deed = useDeed()
  const topic = useSignal('')
  const how = useSignal('')
  const withdraw = async (event: Event): Promise<void> => {
    event.preventDefault()
    const said = { number, how: how.value.trim() }
    const body = topic.value === '' ? said : { ...said, topic: topic.value }
    if (await deed.run(() => ask('POST', '/v1/permissions/withdraw', body))) changed()
  }
  return (
    <details>
      <summary>{say('people.withdraw')}</summary>
      <form class="stack tight" onSubmit={event => void withdraw(event)}>
        <label>
          {say('people.topic')}
          <select value={topic.value} onChange={event => (topic.value = event.currentTarget.value)}>
            <option value="">{say('people.every-topic')}</option>
            {topics.map(one => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <How how={how} />
        <p>
          <button class="act" type="submit" disabled={deed.isBusy.value}>
            {say('people.withdraw-yes')}
          </button>
        </p>
        <Refused refused={deed.refused} />
      </form>
    </details>
  )
}

function Add({ number, changed }: Pick<CaseProps, 'number' | 'changed'>) {
  const deed = useDeed()
  const topics = useSignal('')
  const basis = useSignal<string>('express')
  const how = useSignal('')
  const add = async (event: Event): Promise<void> => {
    event.preventDefault()
    const named = topics.value.split(',').map(topic => topic.trim())
    const body = { number, basis: basis.value, topics: named.filter(topic => topic !== ''), how: how.value.trim() }
    if (!(await deed.run(() => ask('POST', '/v1/permissions', body)))) return
    topics.value = ''
    how.value = ''
    changed()
  }
  return (
    <details>
      <summary>{say('people.add-permission')}</summary>
      <form class="stack tight" onSubmit={event => void add(event)}>
        <label>
          {say('people.topics')}
          <input
            type="text"
            autocomplete="off"
            value={topics.value}
            onInput={event => (topics.value = event.currentTarget.value)}
          />
        </label>
        <label>
          {say('people.basis')}
          <select value={basis.value} onChange={event => (basis.value = event.currentTarget.value)}>
            {bases.map(one => (
              <option key={one} value={one}>
                {sayOf('permits', one)}
              </option>
            ))}
          </select>
        </label>
        <How how={how} />
        <p>
          <button type="submit" disabled={deed.isBusy.value}>
            {say('people.add-yes')}
          </button>
        </p>
        <Refused refused={deed.refused} />
      </form>
    </details>
  )
}

/** The evidence: without it nothing is recorded. */
export function How({ how }: { readonly how: { value: string } }) {
  return (
    <label>
      {say('people.how')}
      <textarea
        rows={2}
        maxLength={1_000}
        required
        value={how.value}
        onInput={event => (how.value = event.currentTarget.value)}
      />
    </label>
  )
}
