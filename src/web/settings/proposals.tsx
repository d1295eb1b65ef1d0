import type { ProposalsView } from '../../api/doNotCall.ts'
import { Answer, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useAsked, useDeed } from '../parts/asking.ts'
import { Part } from '../parts/forms.tsx'
import { count, dayTime, say } from '../parts/words.ts'

/** Numbers that calls have worn out: whoever may takes them off the dialing for good. */
export function Proposals({ mayAccept }: { readonly mayAccept: boolean }) {
  const asked = useAsked<ProposalsView>('/v1/do-not-call/proposals')
  const deed = useDeed()
  const accept = async (number: string): Promise<void> => {
    if (await deed.run(() => ask('POST', '/v1/do-not-call/proposals/accept', { numbers: [number] }))) asked.again()
  }
  return (
    <Part title={say('settings.proposals')}>
      <p class="small muted">{say('settings.proposals-lead')}</p>
      <Refused refused={deed.refused} />
      <Answer asked={asked} what={say('settings.proposals')}>
        {({ proposals }) => (
          <>
            {proposals.length === 0 && <p class="muted">{say('settings.no-proposals')}</p>}
            <ul class="plain listed">
              {proposals.map(({ number, campaignId, points, limit, restsUntil }) => (
                <li key={`${campaignId} ${number}`} class="row spread">
                  <span>
                    {`${number} · ${campaignId}`}
                    <span class="small muted">
                      {` · ${say('settings.points', { points: count(points), limit: count(limit), until: dayTime(restsUntil) })}`}
                    </span>
                  </span>
                  {mayAccept && (
                    <button type="button" disabled={deed.isBusy.value} onClick={() => void accept(number)}>
                      {say('settings.accept')}
                    </button>
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </Answer>
    </Part>
  )
}
