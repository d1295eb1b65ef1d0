import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { DeedsView, DeedView } from '../../api/ledger.ts'
import { Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useDeed } from '../parts/asking.ts'
import { dayTime, say, sayOf } from '../parts/words.ts'

/** Kinds of deeds; the daemon knows the same, and refuses others. */
const kinds = [
  ...['act', 'access', 'campaign', 'list', 'opt-in', 'consent', 'erasure'],
  ...['rules', 'restore', 'archive', 'rotation', 'dropped'],
]
const dayMs = 86_400_000

/** What is asked for; empty: everything. */
interface Wanted {
  readonly kind: string
  readonly by: string
  readonly day: string
}

/** What people did, newest first. */
export function Deeds() {
  const wanted = useSignal<Wanted>({ kind: '', by: '', day: '' })
  const deeds = useSignal<readonly DeedView[] | undefined>(undefined)
  const next = useSignal<number | undefined>(undefined)
  const deed = useDeed()
  const read = (before: number | undefined): void => {
    void deed.run(async () => {
      const page = await ask<DeedsView>('GET', `/v1/ledger/deeds?${queryOf(wanted.value, before)}`)
      deeds.value = before === undefined ? page.deeds : [...(deeds.value ?? []), ...page.deeds]
      next.value = page.next
    })
  }
  useEffect(() => read(undefined), [])
  return (
    <section class="card stack unprinted" aria-labelledby="deeds">
      <h2 id="deeds">{say('ledger.deeds')}</h2>
      <p class="small muted">{say('ledger.deeds-lead')}</p>
      <Narrowing wanted={wanted} isBusy={deed.isBusy.value} onShow={() => read(undefined)} />
      <Refused refused={deed.refused} />
      {deeds.value?.length === 0 && <p class="muted">{say('ledger.no-deeds')}</p>}
      <ul class="plain listed">
        {deeds.value?.map(one => (
          <Done key={one.seq} one={one} />
        ))}
      </ul>
      {next.value !== undefined && (
        <button type="button" disabled={deed.isBusy.value} onClick={() => read(next.value)}>
          {say('ledger.older')}
        </button>
      )}
    </section>
  )
}

function queryOf({ kind, by, day }: Wanted, before: number | undefined): string {
  const query = new URLSearchParams()
  if (kind !== '') query.set('kind', kind)
  if (by.trim() !== '') query.set('who', by.trim())
  if (day !== '') {
    const from = Date.parse(`${day}T00:00`)
    query.set('since', new Date(from).toISOString())
    query.set('until', new Date(from + dayMs).toISOString())
  }
  if (before !== undefined) query.set('before', String(before))
  return query.toString()
}

interface NarrowingProps {
  readonly wanted: Signal<Wanted>
  readonly isBusy: boolean
  readonly onShow: () => void
}

function Narrowing({ wanted, isBusy, onShow }: NarrowingProps) {
  const set = (part: Partial<Wanted>): void => {
    wanted.value = { ...wanted.value, ...part }
  }
  const show = (event: Event): void => {
    event.preventDefault()
    onShow()
  }
  return (
    <form class="fields" onSubmit={show}>
      <label>
        {say('ledger.kind')}
        <select value={wanted.value.kind} onChange={event => set({ kind: event.currentTarget.value })}>
          <option value="">{say('ledger.every-kind')}</option>
          {kinds.map(kind => (
            <option key={kind} value={kind}>
              {sayOf('deed', kind)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {say('ledger.by')}
        <input
          type="text"
          autocomplete="off"
          maxLength={100}
          value={wanted.value.by}
          onInput={event => set({ by: event.currentTarget.value })}
        />
      </label>
      <label>
        {say('ledger.day')}
        <input type="date" value={wanted.value.day} onChange={event => set({ day: event.currentTarget.value })} />
      </label>
      <button class="at-end" type="submit" disabled={isBusy}>
        {say('ledger.show')}
      </button>
    </form>
  )
}

function Done({ one: { seq, at, kind, by, via, what, says, members } }: { readonly one: DeedView }) {
  const about = Object.entries(members).map(([key, value]) => `${key}: ${value}`)
  const who = via === undefined || via === by ? by : `${by} (${via})`
  return (
    <li>
      <p>
        <strong>{who ?? say('ledger.nobody')}</strong>
        {[sayOf('deed', kind), says ?? what].map(one => one !== undefined && ` · ${one}`)}
      </p>
      <p class="small muted">{[dayTime(at), `${say('ledger.entry')} ${seq}`, ...about].join(' · ')}</p>
    </li>
  )
}
