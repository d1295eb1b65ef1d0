import { useSignal } from '@preact/signals'
import type { SessionView } from '../../api/access/sessions.ts'
import type { TokenView } from '../../api/access/users.ts'
import { given } from '../../core/given.ts'
import { Answer, Confirm, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useAsked, useDeed } from '../parts/asking.ts'
import { named, Part, Text } from '../parts/forms.tsx'
import { dayTime, say } from '../parts/words.ts'
import { ShownOnce } from './shown.tsx'

type Right = SessionView['rights'][number]
type Made = TokenView & { readonly token: string }

/** Tokens of programs: each with what it may, until when. */
export function Tokens() {
  const asked = useAsked<{ tokens: TokenView[] }>('/v1/tokens')
  const made = useSignal<Made | undefined>(undefined)
  const show = (token: Made): void => {
    made.value = token
    asked.again()
  }
  return (
    <Part title={say('settings.tokens')}>
      {made.value !== undefined && (
        <ShownOnce
          says={say('settings.token', { name: made.value.name })}
          text={made.value.token}
          onDone={() => (made.value = undefined)}
        />
      )}
      <TokenForm onMade={show} />
      <Answer asked={asked} what={say('settings.tokens')}>
        {({ tokens }) => (
          <>
            {tokens.length === 0 && <p class="muted">{say('settings.no-tokens')}</p>}
            <ul class="plain listed">
              {tokens.map(token => (
                <Token key={token.tokenId} token={token} onGone={asked.again} />
              ))}
            </ul>
          </>
        )}
      </Answer>
    </Part>
  )
}

/** An admin has every right there is, so what they may is what a token can be let do. */
function TokenForm({ onMade }: { readonly onMade: (made: Made) => void }) {
  const session = useAsked<SessionView>('/v1/session')
  const [name, days, campaigns] = [useSignal(''), useSignal('90'), useSignal('')]
  const rights = useSignal<readonly Right[]>([])
  const deed = useDeed()
  const turn = (right: Right): void => {
    const has = rights.value.includes(right)
    rights.value = has ? rights.value.filter(one => one !== right) : [...rights.value, right]
  }
  const make = (event: Event): void => {
    event.preventDefault()
    const of = named(campaigns.value)
    const body = { name: name.value.trim(), rights: rights.value, days: Number(days.value) }
    const all = { ...body, ...given({ campaigns: of.length === 0 ? undefined : of }) }
    void deed.run(async () => {
      onMade(await ask<Made>('POST', '/v1/tokens', all))
      name.value = ''
      rights.value = []
    })
  }
  return (
    <form class="card stack" onSubmit={make}>
      <div class="fields">
        <Text label={say('settings.name')} value={name} isRequired maxLength={40} />
        <Text label={say('settings.days')} value={days} type="number" isRequired />
        <Text label={say('settings.campaigns')} value={campaigns} maxLength={10_000} />
      </div>
      <fieldset>
        <legend class="small muted">{say('settings.scopes')}</legend>
        <div class="fields">
          {session.answer.value?.rights.map(right => (
            <label key={right} class="tick">
              <input type="checkbox" checked={rights.value.includes(right)} onChange={() => turn(right)} />
              {right}
            </label>
          ))}
        </div>
      </fieldset>
      <Refused refused={deed.refused} />
      <div>
        <button type="submit" class="first" disabled={deed.isBusy.value || rights.value.length === 0}>
          {say('settings.add-token')}
        </button>
      </div>
    </form>
  )
}

function Token({ token, onGone }: { readonly token: TokenView; readonly onGone: () => void }) {
  const { tokenId, name, rights, campaigns = [], expiresAt, expired, addedBy } = token
  const isAsked = useSignal(false)
  const deed = useDeed()
  const revoke = async (): Promise<void> => {
    if (await deed.run(() => ask('DELETE', `/v1/tokens/${encodeURIComponent(tokenId)}`))) onGone()
  }
  const until = say(expired ? 'settings.expired' : 'settings.until', { until: dayTime(expiresAt) })
  return (
    <li class="row spread">
      <span>
        <strong>{name}</strong>
        <span class={expired ? 'small acts' : 'small'}>{` · ${until}`}</span>
        <span class="small muted">{` · ${say('settings.by', { by: addedBy })}`}</span>
        <p class="small muted">{[...rights, ...campaigns].join(', ')}</p>
      </span>
      <button
        type="button"
        class="act"
        aria-label={`${say('settings.remove')} ${name}`}
        onClick={() => (isAsked.value = true)}
      >
        {say('settings.remove')}
      </button>
      {isAsked.value && (
        <Confirm
          title={say('settings.remove-sure', { name })}
          does={say('settings.remove')}
          deed={deed}
          isGrave
          onYes={() => void revoke()}
          onNo={() => (isAsked.value = false)}
        >
          <p>{say('settings.revoke-means')}</p>
        </Confirm>
      )}
    </li>
  )
}
