import type { Status } from '../../api/views.ts'
import { say, sayOf, time } from '../parts/words.ts'

/** Trunks and PBXs: how they do. */
export function House({ trunks, nodes }: Pick<Status, 'trunks' | 'nodes'>) {
  return (
    <section class="card scroll" aria-label={say('board.trunks')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say('board.trunks')}</th>
            <th scope="col" class="number">
              {say('board.channels')}
            </th>
            <th scope="col">{say('board.state')}</th>
          </tr>
        </thead>
        <tbody>
          {trunks.map(({ trunkId, channelsInUse, channelsMax, breaker }) => (
            <tr key={trunkId}>
              <td>{trunkId}</td>
              <td class="number">{`${channelsInUse} / ${channelsMax}`}</td>
              <td class={breaker.state === 'closed' ? undefined : 'acts'}>{breaker.says}</td>
            </tr>
          ))}
          {nodes.map(({ nodeId, link, breaker }) => (
            <tr key={nodeId}>
              <td>{say('board.pbx', { id: nodeId })}</td>
              <td />
              <td class={link === 'up' && breaker === undefined ? undefined : 'acts'}>
                {breaker?.says ?? sayOf('board.link', link)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Every alarm that is on, the gravest first, with what to do. */
export function Alarms({ alarms }: { readonly alarms: NonNullable<Status['alarms']> }) {
  if (alarms.length < 2) return null
  return (
    <section class="card stack" aria-label={say('board.alarms')}>
      <h2>{say('board.alarms')}</h2>
      <ul class="plain stack">
        {alarms.map(({ code, subject, says, todo, since, silenced }) => (
          <li key={`${code} ${subject}`} class={silenced === undefined ? undefined : 'muted'}>
            <strong>{says}</strong> <span class="muted small">{time(since)}</span>
            <p class="small">{todo}</p>
            {silenced !== undefined && (
              <p class="small">{say('board.silenced', { by: silenced.by, until: time(silenced.until) })}</p>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
