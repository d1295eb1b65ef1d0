import { Fragment } from 'preact'
import { say } from '../parts/words.ts'

/** What the list says of the person. */
export function Lead({ lead }: { readonly lead: Readonly<Record<string, string>> | undefined }) {
  const columns = Object.entries(lead ?? {})
  return (
    <div class="card stack">
      <h2>{say('desk.facts')}</h2>
      {columns.length === 0 ? (
        <p class="muted">{say(lead === undefined ? 'desk.no-call' : 'desk.no-columns')}</p>
      ) : (
        <dl class="facts">
          {columns.map(([column, value]) => (
            <Fragment key={column}>
              <dt>{column}</dt>
              <dd>{value}</dd>
            </Fragment>
          ))}
        </dl>
      )}
    </div>
  )
}
