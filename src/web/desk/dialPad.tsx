import { useSignal, useSignalEffect } from '@preact/signals'
import type { DialBody, LookedUpView, LookUpBody } from '../../api/agents/dialing.ts'
import { given } from '../../core/given.ts'
import { say, sayOf } from '../parts/words.ts'
import { Verdict } from './verdict.tsx'
import type { Work } from './work.ts'

/** Why a person's data may be used, in the daemon's words. */
const legalBases = ['consent', 'contract', 'legitimate-interest', 'legal-obligation', 'public-task'] as const

/** An agent types a number, reads what the gate says of it, and calls. */
export function DialPad({ work }: { readonly work: Work }) {
  const typed = useSignal('')
  const found = useSignal<LookedUpView | undefined>(undefined)
  const asked = useSignal<LookUpBody>({})
  const look = async (whom: LookUpBody): Promise<void> => {
    asked.value = whom
    found.value = await work.dialing.lookUp(whom)
  }
  useSignalEffect(() => {
    const leadId = work.dialing.wanted.value
    if (leadId === undefined) return
    work.dialing.wanted.value = undefined
    void look({ leadId })
  })
  return (
    <section class="card stack" aria-labelledby="dial-title">
      <h2 id="dial-title">{say('dial.title')}</h2>
      <form
        class="row"
        onSubmit={event => {
          event.preventDefault()
          void look({ number: typed.value.trim() })
        }}
      >
        <label>
          {say('desk.number')}
          <input
            type="tel"
            name="dial-number"
            autocomplete="off"
            required
            maxLength={50}
            value={typed.value}
            onInput={event => {
              typed.value = event.currentTarget.value
              found.value = undefined
            }}
          />
        </label>
        <button type="submit">{say('dial.look')}</button>
      </form>
      {found.value !== undefined && (
        <Found key={found.value.number} work={work} found={found.value} whom={asked.value} look={look} />
      )}
    </section>
  )
}

interface FoundProps {
  readonly work: Work
  readonly found: LookedUpView
  /** As it was asked for. */
  readonly whom: LookUpBody
  readonly look: (whom: LookUpBody) => Promise<void>
}

function Found({ work, found, whom, look }: FoundProps) {
  const { verdict, leadId, provenance, purpose, otherNumbers } = found
  const call = async (more: Partial<DialBody>): Promise<void> => {
    if (!(await work.dialing.dial({ ...whom, ...more })) && leadId !== undefined) await look(whom)
  }
  return (
    <>
      {verdict !== undefined && <Verdict verdict={verdict} />}
      {provenance !== undefined && (
        <p class="small muted">
          {say('desk.from')}: {provenance.origin}
        </p>
      )}
      {leadId === undefined ? (
        <Stranger purpose={purpose} call={call} />
      ) : (
        <button class="first" type="button" disabled={verdict?.allowed !== true} onClick={() => void call({})}>
          {say('offer.call')}
        </button>
      )}
      {otherNumbers.length > 0 && (
        <div class="stack">
          <p class="muted">{say('dial.others')}</p>
          <div class="row">
            {otherNumbers.map(other => (
              <button
                key={other.number}
                type="button"
                disabled={other.leadId === undefined}
                onClick={() => other.leadId !== undefined && void look({ leadId: other.leadId })}
              >
                {other.number}
              </button>
            ))}
          </div>
        </div>
      )}
    </>
  )
}

/** A number that the campaign does not know needs to be from somewhere, and the call to be for something. */
function Stranger({
  purpose,
  call,
}: {
  readonly purpose: LookedUpView['purpose']
  readonly call: (more: Partial<DialBody>) => Promise<void>
}) {
  const origin = useSignal('')
  const basis = useSignal('')
  const obtained = useSignal('')
  const isFor = useSignal(false)
  return (
    <form
      class="stack"
      onSubmit={event => {
        event.preventDefault()
        const day = obtained.value === '' ? undefined : obtained.value
        const said = { origin: origin.value.trim(), legalBasis: basis.value, ...given({ obtainedAt: day }) }
        void call({ ...said, purpose })
      }}
    >
      <p class="note">{say('dial.new')}</p>
      <label>
        {say('desk.from')}
        <input
          name="origin"
          required
          maxLength={200}
          value={origin.value}
          onInput={event => (origin.value = event.currentTarget.value)}
        />
      </label>
      <label>
        {say('desk.why')}
        <select name="basis" required value={basis.value} onChange={event => (basis.value = event.currentTarget.value)}>
          <option value="" />
          {legalBases.map(one => (
            <option key={one} value={one}>
              {sayOf('basis', one)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {say('dial.obtained')}
        <input type="date" value={obtained.value} onInput={event => (obtained.value = event.currentTarget.value)} />
      </label>
      <label class="tick">
        <input
          type="checkbox"
          name="purpose"
          required
          checked={isFor.value}
          onChange={event => (isFor.value = event.currentTarget.checked)}
        />
        {say('dial.purpose', { purpose: sayOf('purpose', purpose) })}
      </label>
      <button class="first" type="submit">
        {say('offer.call')}
      </button>
    </form>
  )
}
