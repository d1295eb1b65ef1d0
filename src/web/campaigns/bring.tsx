import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { LeadImportView, LeadPreviewView } from '../../api/leads.ts'
import { Progress, Refused } from '../parts/answers.tsx'
import { count, percent, say, sayOf } from '../parts/words.ts'
import { useWorking, type WorkProgress } from '../parts/working.ts'
import { Found, type Mapping, mapped } from './found.tsx'
import { Report } from './report.tsx'

interface BringProps {
  readonly campaignId: string
  readonly onDone: () => void
}

/** So much of a file shows how it is to be understood, bytes; the daemon looks at no more. */
const beginning = 256 * 1024
/** Typing rests for so long before the file is looked at again, milliseconds. */
const restMs = 300
const bases = ['consent', 'contract', 'legitimate-interest', 'legal-obligation', 'public-task']
const asked = ['origin', 'list', 'country'] as const
type Told = Readonly<Record<(typeof asked)[number] | 'obtainedAt' | 'legalBasis', string>>

/** Leads from a file: seen first as they would be, then brought in. */
export function Bring({ campaignId, onDone }: BringProps) {
  const file = useSignal<File | undefined>(undefined)
  const told = useSignal<Told>({ origin: '', obtainedAt: '', list: '', country: '', legalBasis: '' })
  const mapping = useSignal<Mapping>({})
  const preview = useWorking<LeadPreviewView>({ keeps: true })
  const bringing = useWorking<LeadImportView>()
  const path = `/v1/campaigns/${encodeURIComponent(campaignId)}/leads`
  const chosen = file.value
  const query = queryOf({ name: chosen?.name ?? '', told: told.value, mapping: mapping.value, found: preview.answer })
  const found = preview.answer.value
  useEffect(() => {
    if (chosen === undefined) return
    const body = chosen.slice(0, beginning)
    const look = (): void =>
      void preview.begin({ method: 'POST', path: `${path}/preview?${query}`, body, type: 'text/csv' })
    const timer = setTimeout(look, found === undefined ? 0 : restMs)
    return () => clearTimeout(timer)
  }, [chosen, told.value, mapping.value])
  const choose = (next: File | undefined): void => {
    mapping.value = {}
    preview.answer.value = undefined
    bringing.answer.value = undefined
    file.value = next
  }
  const bring = async (): Promise<void> => {
    if (chosen === undefined) return
    await bringing.begin({ method: 'POST', path: `${path}/import?${query}`, body: chosen, type: 'text/csv' })
    if (bringing.answer.value !== undefined) onDone()
  }
  const progress = bringing.progress.value
  if (bringing.answer.value !== undefined)
    return <Report report={bringing.answer.value} onAgain={() => choose(undefined)} />
  return (
    <section class="card stack" aria-labelledby="bring-title">
      <h2 id="bring-title">{say('campaigns.bring')}</h2>
      <Choose onChoose={choose} />
      {chosen !== undefined && (
        <>
          <Questions told={told} />
          <Refused refused={preview.refused} />
          {found !== undefined && preview.refused.value === undefined && <Found found={found} mapping={mapping} />}
          <Refused refused={bringing.refused} />
          {progress === undefined ? (
            <button
              type="button"
              class="first"
              disabled={found === undefined || found.lacking.length > 0 || preview.refused.value !== undefined}
              onClick={() => void bring()}
            >
              {say('campaigns.bring-all')}
            </button>
          ) : (
            <Going progress={progress} onLeave={bringing.leave} />
          )}
        </>
      )}
    </section>
  )
}

function Choose({ onChoose }: { readonly onChoose: (file: File | undefined) => void }) {
  return (
    <div class="fields">
      <label>
        {say('campaigns.file')}
        <input
          type="file"
          accept=".csv,.txt,.tsv,.gz,text/csv"
          onChange={event => onChoose(event.currentTarget.files?.[0])}
        />
      </label>
      <label>
        {say('campaigns.or-paste')}
        <textarea
          rows={2}
          onChange={({ currentTarget: { value } }) =>
            onChoose(value.trim() === '' ? undefined : new File([value], say('campaigns.pasted')))
          }
        />
      </label>
    </div>
  )
}

function Questions({ told }: { readonly told: Signal<Told> }) {
  const write = (key: keyof Told, value: string): void => {
    told.value = { ...told.value, [key]: value }
  }
  return (
    <div class="fields">
      {asked.map(key => (
        <label key={key}>
          {sayOf('bring', key)}
          <input
            type="text"
            maxLength={200}
            value={told.value[key]}
            onInput={event => write(key, event.currentTarget.value)}
          />
        </label>
      ))}
      <label>
        {sayOf('bring', 'obtainedAt')}
        <input
          type="date"
          value={told.value.obtainedAt}
          onInput={event => write('obtainedAt', event.currentTarget.value)}
        />
      </label>
      <label>
        {sayOf('bring', 'legalBasis')}
        <select value={told.value.legalBasis} onChange={event => write('legalBasis', event.currentTarget.value)}>
          <option value="">{say('campaigns.none')}</option>
          {bases.map(basis => (
            <option key={basis} value={basis}>
              {sayOf('basis', basis)}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}

interface GoingProps {
  readonly progress: WorkProgress & { readonly sent?: number }
  readonly onLeave: () => void
}

function Going({ progress: { sent = 0, done }, onLeave }: GoingProps) {
  const isSent = sent >= 1
  const label = isSent
    ? say('campaigns.rows-read', { count: count(done ?? 0) })
    : say('campaigns.sent', { share: percent(sent) })
  return (
    <div class="stack">
      <Progress label={label} done={isSent ? undefined : sent} />
      {!isSent && (
        <button type="button" onClick={onLeave}>
          {say('campaigns.cancel')}
        </button>
      )}
    </div>
  )
}

interface Query {
  readonly name: string
  readonly told: Told
  readonly mapping: Mapping
  readonly found: Signal<LeadPreviewView | undefined>
}

function queryOf({ name, told, mapping, found }: Query): URLSearchParams {
  const query = new URLSearchParams()
  if (name !== '') query.set('source', name.slice(0, 200))
  for (const [key, value] of Object.entries({ ...told, ...mapped(found.value?.columns ?? [], mapping) }))
    if (value.trim() !== '') query.set(key, value.trim())
  return query
}
