import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { SessionView } from '../../api/access/sessions.ts'
import { Choices, LostLine } from './shell.tsx'
import { say, type Word } from './words.ts'

/** The places of the house, and what somebody must be let do to find anything there. */
const places = [
  ['board', 'see-status'],
  ['campaigns', 'see-status'],
  ['people', 'see-leads'],
  ['rules', 'see-status'],
  ['ledger', 'see-reports'],
  ['health', 'see-status'],
  // The own account is everybody's.
  ['settings', 'see-status'],
] as const satisfies readonly (readonly [string, SessionView['rights'][number]])[]
/** Where somebody is. */
export type Place = (typeof places)[number][0]

interface FrameProps {
  readonly session: SessionView
  readonly at: Place
  /** When the line to the daemon was lost; undefined: it is up. */
  readonly lostAt?: Signal<number | undefined>
  readonly children: ComponentChildren
}

/** What every page of the house has about it: the ways to the others, language, colours, the way out. */
export function Frame({ session, at, lostAt, children }: FrameProps) {
  const open = places.filter(([, right]) => session.rights.includes(right))
  return (
    <>
      <a class="skip" href="#main">
        {say('shell.skip')}
      </a>
      <header class="bar">
        <strong>Dialwright</strong>
        <nav class="places" aria-label={say('shell.places')}>
          {open.map(([place]) => (
            <a key={place} href={`/${place}`} aria-current={place === at ? 'page' : undefined}>
              {say(`place.${place}` satisfies Word)}
            </a>
          ))}
        </nav>
        <Choices name={session.name} />
      </header>
      <main id="main" class="stack house">
        {lostAt !== undefined && <LostLine lostAt={lostAt} />}
        {children}
      </main>
    </>
  )
}
