import type { ComponentChildren } from 'preact'
import type { SessionView } from '../../api/access/sessions.ts'
import { homeOf } from './api.ts'
import { Frame, type Place } from './frame.tsx'
import { openWith, whoAmIPatiently } from './shell.tsx'
import type { Part } from './words.ts'

interface HousePage {
  readonly at: Place
  /** Without one of these there is nothing for somebody here; empty: whoever is logged in. */
  readonly rights: readonly SessionView['rights'][number][]
  readonly part: Part
  readonly page: (session: SessionView) => ComponentChildren
}

/** Opens a page of the house for whoever may see it; others are led to where they work, or to the log-in. */
export async function openHouse({ at, rights, part, page }: HousePage): Promise<void> {
  const session = await whoAmIPatiently()
  if (session === undefined) return location.replace('/login')
  const mayCome = rights.length === 0 || rights.some(right => session.rights.includes(right))
  if (!mayCome) return location.replace(homeOf(session))
  await openWith(
    [part],
    <Frame session={session} at={at}>
      {page(session)}
    </Frame>,
  )
}
