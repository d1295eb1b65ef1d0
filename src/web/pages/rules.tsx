import type { SessionView } from '../../api/access/sessions.ts'
import type { RulesView } from '../../api/rules/rules.ts'
import { Answer } from '../parts/answers.tsx'
import { useAsked } from '../parts/asking.ts'
import { openHouse } from '../parts/house.tsx'
import { say } from '../parts/words.ts'
import { Changes, Jurisdictions, Unread } from '../rules/book.tsx'
import { NumberCard } from '../rules/bound.tsx'
import { CampaignCard } from '../rules/campaign.tsx'

function Rules({ session }: { readonly session: SessionView }) {
  const book = useAsked<RulesView>('/v1/rules')
  const mayAsk = session.rights.includes('see-leads')
  return (
    <>
      <div>
        <h1>{say('place.rules')}</h1>
        <p class="muted">{`${say('rules.lead')} ${say('rules.not-advice')}`}</p>
      </div>
      <div class="halves">
        {mayAsk && <NumberCard />}
        <CampaignCard />
      </div>
      <Answer asked={book} what={say('place.rules')}>
        {found => (
          <>
            <div class="halves">
              <Changes book={found} />
              <Unread book={found} />
            </div>
            <Jurisdictions book={found} />
            <p class="small muted">{say('rules.version', { version: found.version })}</p>
          </>
        )}
      </Answer>
    </>
  )
}

void openHouse({ at: 'rules', rights: ['see-status'], part: 'rules', page: session => <Rules session={session} /> })
