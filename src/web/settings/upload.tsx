import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ImportView } from '../../api/imports.ts'
import { Progress, Refused } from '../parts/answers.tsx'
import { useDeed } from '../parts/asking.ts'
import { count, say } from '../parts/words.ts'
import { askAtWork, type WorkProgress as HowFar } from '../parts/working.ts'

interface UploadProps {
  readonly title: string
  /** Where the file goes, with what it is. */
  readonly path: () => string
  readonly onDone: () => void
  readonly children: ComponentChildren
}

/** A file is sent and read, with a bar; its report names the rows that could not be read. Leaving ends it. */
export function Upload({ title, path, onDone, children }: UploadProps) {
  const file = useSignal<File | undefined>(undefined)
  const report = useSignal<ImportView | undefined>(undefined)
  const far = useSignal<HowFar | undefined>(undefined)
  const stop = useRef<AbortController | undefined>(undefined)
  const deed = useDeed()
  useEffect(() => () => stop.current?.abort(), [])
  const show = (now: HowFar): void => {
    far.value = now
  }
  const send = (event: Event): void => {
    event.preventDefault()
    const chosen = file.value
    if (chosen === undefined) return
    void deed.run(async () => {
      stop.current = new AbortController()
      const waiter = { signal: stop.current.signal, onProgress: show }
      report.value = undefined
      far.value = {}
      try {
        report.value = await askAtWork<ImportView>(path(), chosen, waiter)
        onDone()
      } finally {
        far.value = undefined
      }
    })
  }
  return (
    <form class="card stack" aria-label={title} onSubmit={send}>
      <h3>{title}</h3>
      <div class="fields">
        {children}
        <label>
          {say('settings.file')}
          <input type="file" required onChange={event => (file.value = event.currentTarget.files?.[0])} />
        </label>
      </div>
      <div>
        <button type="submit" disabled={deed.isBusy.value}>
          {say('settings.import')}
        </button>
      </div>
      <Far far={far} />
      <Refused refused={deed.refused} />
      <div role="status">{report.value !== undefined && <Report report={report.value} />}</div>
    </form>
  )
}

function Far({ far: { value } }: { readonly far: Signal<HowFar | undefined> }) {
  if (value === undefined) return null
  const { done, total, what = '' } = value
  if (done === undefined) return <Progress label={say('settings.sending')} done={undefined} />
  const label = say('settings.importing', { done: count(done), what })
  return <Progress label={label} done={total === undefined || total === 0 ? undefined : done / total} />
}

function Report({ report }: { readonly report: ImportView }) {
  const { rows, imported, duplicates, invalid, problems, warnings } = report
  const counts = {
    rows: count(rows),
    imported: count(imported),
    duplicates: count(duplicates),
    invalid: count(invalid),
  }
  return (
    <div class={invalid > 0 ? 'note warn' : 'note'}>
      <p>{say('settings.imported', counts)}</p>
      <ul class="inside small">
        {warnings.map(warning => (
          <li key={warning}>{warning}</li>
        ))}
        {problems.map(({ line, reason }) => (
          <li key={line}>{say('settings.row', { line, reason })}</li>
        ))}
      </ul>
    </div>
  )
}
