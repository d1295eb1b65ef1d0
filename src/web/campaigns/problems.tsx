import type { LeadImportView } from '../../api/leads.ts'
import { say } from '../parts/words.ts'

/** Rows that make no leads, each with its line and why. */
export function Problems({ problems }: Pick<LeadImportView, 'problems'>) {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              {say('campaigns.line')}
            </th>
            <th scope="col">{say('campaigns.why')}</th>
            <th scope="col">{say('campaigns.stands-there')}</th>
          </tr>
        </thead>
        <tbody>
          {problems.map(({ line, reason, value }) => (
            <tr key={`${line} ${reason} ${value}`}>
              <td class="number">{line}</td>
              <td>{reason}</td>
              <td class="said">
                <bdi>{value}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
