import type { SessionView } from '../../api/access/sessions.ts'
import { Alarms } from '../health/alarms.tsx'
import { Backup } from '../health/backup.tsx'
import { Drain } from '../health/drain.tsx'
import { Level } from '../health/level.tsx'
import { Nodes, Ready } from '../health/ready.tsx'
import { Reload } from '../health/reload.tsx'
import { Upgrade } from '../health/upgrade.tsx'
import { openHouse } from '../parts/house.tsx'
import { say } from '../parts/words.ts'

/** Whoever is bound to campaigns sees how the house does, and keeps nothing of it. */
function Health({ session }: { readonly session: SessionView }) {
  const mayKeep = session.rights.includes('keep-house') && session.campaigns === undefined
  return (
    <>
      <h1>{say('place.health')}</h1>
      <Ready />
      <div class="halves">
        <Alarms mayKeep={mayKeep} />
        <Nodes />
        <Drain mayKeep={mayKeep} />
        {mayKeep && (
          <>
            <Reload />
            <Backup />
            <Level />
          </>
        )}
        <Upgrade mayKeep={mayKeep} />
      </div>
      <p class="small muted">{say('health.doctor')}</p>
    </>
  )
}

void openHouse({ at: 'health', rights: ['see-status'], part: 'health', page: session => <Health session={session} /> })
