import type { ExplainedCheck, ExplainView } from '../../api/leads.ts'
import { count, dayTime, say, sayOf } from '../parts/words.ts'

type Lead = ExplainView['leads'][number]

/** Whether each campaign that has the number would call it now: every check with its answer. */
export function Leads({ leads }: Pick<ExplainView, 'leads'>) {
  return leads.map(one => <Explained key={one.lead.leadId} one={one} />)
}

function Explained({ one }: { readonly one: Lead }) {
  const { lead, campaignState, dialable, checks, rulesVersion } = one
  const refused = checks.filter(({ passed }) => !passed)
  const passed = checks.filter(check => check.passed)
  return (
    <section class="card stack" aria-label={lead.campaignId}>
      <div class="row spread">
        <h3>
          <a href={`/campaigns#${encodeURIComponent(lead.campaignId)}`}>{lead.campaignId}</a>
        </h3>
        <span class="small muted">{sayOf('campaign', campaignState)}</span>
      </div>
      <p class={dialable ? undefined : 'acts'}>{say(dialable ? 'people.would' : 'people.would-not')}</p>
      <ul class="plain stack tight">
        {refused.map(check => (
          <Check key={check.check} check={check} />
        ))}
      </ul>
      <details>
        <summary>{say('people.passed', { count: passed.length })}</summary>
        <ul class="plain stack tight">
          {passed.map(check => (
            <Check key={check.check} check={check} />
          ))}
        </ul>
        <p class="small muted">{say('people.book', { version: rulesVersion })}</p>
      </details>
      <Windows one={one} />
      <Facts one={one} />
    </section>
  )
}

/** A colour, a sign and a word; the line of law, and when the answer changes by itself. */
function Check({ check: { check, passed, says, reason = '', rule, retryAt } }: { readonly check: ExplainedCheck }) {
  const ours = sayOf('no-call', reason)
  const why = ours === reason ? says.replace(/^no: /, '') : ours
  return (
    <li>
      <p>
        <span class={passed ? undefined : 'acts'}>{say(passed ? 'people.yes' : 'people.no')}</span>{' '}
        <b>{sayOf('check', check)}</b>
        {!passed && `: ${why}`}
      </p>
      {passed && says !== 'yes' && <p class="small muted">{says}</p>}
      {!passed && why !== says.replace(/^no: /, '') && (
        <details class="small muted">
          <summary>{say('people.exactly')}</summary>
          {says}
        </details>
      )}
      {rule !== undefined && <p class="small muted">{say('people.rule', { rule })}</p>}
      {retryAt !== undefined && <p class="small">{say('people.changes', { at: dayTime(retryAt) })}</p>}
    </li>
  )
}

/** How full each window of attempts is, and how tired the number is. */
function Windows({ one: { windows, fatigue } }: { readonly one: Lead }) {
  if (windows.length === 0 && fatigue.points === 0) return null
  return (
    <div class="stack tight small">
      {windows.map(({ rule, count: used, max }) => (
        <Meter key={rule} says={say('people.used', { used, max, rule })} share={max === 0 ? 1 : used / max} />
      ))}
      {fatigue.points > 0 && (
        <Meter
          says={say('people.tired', { points: count(fatigue.points), limit: count(fatigue.limit) })}
          share={fatigue.limit === 0 ? 1 : fatigue.points / fatigue.limit}
        />
      )}
    </div>
  )
}

function Meter({ says, share }: { readonly says: string; readonly share: number }) {
  return (
    <div>
      <p>{says}</p>
      <div class="meter" aria-hidden="true">
        <i style={`width:${Math.min(1, share) * 100}%`} data-over={share >= 1} />
      </div>
    </div>
  )
}

function Facts({ one: { lead, places, localTimes, unread, bestHour } }: { readonly one: Lead }) {
  const { provenance, state, attempts, lastDisposition, list, data } = lead
  const known = Object.entries(data).filter(([, value]) => value !== '')
  return (
    <>
      <dl class="facts small">
        <dt>{say('people.list')}</dt>
        <dd>{list}</dd>
        <dt>{say('people.state')}</dt>
        <dd>
          {[sayOf('people.lead', state), say('people.attempts', { count: attempts })]
            .concat(lastDisposition === undefined ? [] : sayOf('disposition', lastDisposition))
            .join(' · ')}
        </dd>
        <dt>{say('people.place')}</dt>
        <dd>{places.length === 0 ? say('desk.not-known') : places.join(', ')}</dd>
        <dt>{say('desk.their-time')}</dt>
        <dd>
          {localTimes.length === 0
            ? say('desk.not-known')
            : localTimes.map(({ zone, time }) => `${time} ${zone}`).join(', ')}
        </dd>
        <dt>{say('desk.from')}</dt>
        <dd>
          {provenance === undefined
            ? say('desk.not-known')
            : [provenance.origin, provenance.obtainedAt, provenance.legalBasis].filter(Boolean).join(' · ')}
        </dd>
        {bestHour !== undefined && (
          <>
            <dt>{say('people.best-hour')}</dt>
            <dd>{`${bestHour}:00`}</dd>
          </>
        )}
      </dl>
      {unread.length > 0 && <p class="note warn small">{say('people.unread', { places: unread.join(', ') })}</p>}
      {known.length > 0 && (
        <details class="small">
          <summary>{say('people.columns', { count: known.length })}</summary>
          <dl class="facts">
            {known.flatMap(([name, value]) => [
              <dt key={`${name} name`}>
                <bdi>{name}</bdi>
              </dt>,
              <dd key={name}>
                <bdi>{value}</bdi>
              </dd>,
            ])}
          </dl>
        </details>
      )}
    </>
  )
}
