import { useSignal } from '@preact/signals'
import type { SessionView } from '../../api/access/sessions.ts'
import { openHouse } from '../parts/house.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { say } from '../parts/words.ts'
import { Account } from '../settings/account.tsx'
import { Agents } from '../settings/agents.tsx'
import { House } from '../settings/house.tsx'
import { Lists } from '../settings/lists.tsx'
import { Tokens } from '../settings/tokens.tsx'
import { Users } from '../settings/users.tsx'

const rooms = ['account', 'users', 'agents', 'lists', 'tokens', 'house'] as const
type Room = (typeof rooms)[number]

function Settings({ session }: { readonly session: SessionView }) {
  const chosen = useSignal<Room>('account')
  const { rights } = session
  const isWhole = session.campaigns === undefined
  const open: Readonly<Record<Room, boolean>> = {
    account: true,
    users: rights.includes('manage-users'),
    agents: rights.includes('see-agents') && isWhole,
    lists: rights.includes('see-people'),
    tokens: rights.includes('manage-users'),
    house: rights.includes('see-status'),
  }
  const shows: Readonly<Record<Room, () => preact.ComponentChildren>> = {
    account: () => <Account session={session} />,
    users: () => <Users own={session.name} />,
    agents: () => <Agents rights={rights} />,
    lists: () => <Lists rights={rights} isWhole={isWhole} />,
    tokens: () => <Tokens />,
    house: () => <House />,
  }
  return (
    <>
      <h1>{say('place.settings')}</h1>
      <Tabs
        label={say('settings.tabs')}
        chosen={chosen}
        tabs={rooms.filter(id => open[id]).map(id => ({ id, title: say(`settings.${id}`), show: shows[id] }))}
      />
      <p class="small muted">{say('settings.cli')}</p>
    </>
  )
}

void openHouse({
  at: 'settings',
  rights: [],
  part: 'settings',
  page: session => <Settings session={session} />,
})
