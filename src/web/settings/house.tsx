import type { Status } from '../../api/views.ts'
import { Answer } from '../parts/answers.tsx'
import { useAsked } from '../parts/asking.ts'
import { Part } from '../parts/forms.tsx'
import { count, say } from '../parts/words.ts'

/** What the configuration file says: to be read here, to be changed there. */
export function House() {
  const asked = useAsked<Status>('/v1/status')
  return (
    <Part title={say('settings.trunks')}>
      <p class="small muted">{say('settings.where')}</p>
      <Answer asked={asked} what={say('settings.trunks')}>
        {({ trunks }) => (
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">{say('settings.trunks')}</th>
                  <th scope="col">{say('settings.pbx')}</th>
                  <th scope="col" class="number">
                    {say('settings.channels')}
                  </th>
                  <th scope="col" class="number">
                    {say('settings.a-second')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {trunks.map(({ trunkId, nodeId, channelsMax, callsPerSecondMax }) => (
                  <tr key={trunkId}>
                    <td>{trunkId}</td>
                    <td>{nodeId}</td>
                    <td class="number">{count(channelsMax)}</td>
                    <td class="number">{count(callsPerSecondMax)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answer>
    </Part>
  )
}
