import type { SessionView } from '../../api/access/sessions.ts'
import type { Topics } from '../board/topics.ts'
import { Campaign } from '../campaigns/campaign.tsx'
import { List } from '../campaigns/list.tsx'
import { spot } from '../campaigns/place.ts'
import { homeOf } from '../parts/api.ts'
import { Frame } from '../parts/frame.tsx'
import { follow, type Live } from '../parts/live.ts'
import { openWith, whoAmIPatiently } from '../parts/shell.tsx'
import { say } from '../parts/words.ts'

interface CampaignsProps {
  readonly session: SessionView
  readonly live: Live<Pick<Topics, 'board'>>
}

function Campaigns({ session, live }: CampaignsProps) {
  const status = live.state('board').value
  const { campaignId } = spot.value
  const { rights } = session
  return (
    <Frame session={session} at="campaigns" lostAt={live.lostAt}>
      {status === undefined || status === null ? (
        <p class="muted">{say('board.loading')}</p>
      ) : campaignId === undefined ? (
        <List campaigns={status.campaigns} mayCreate={rights.includes('change-campaigns')} />
      ) : (
        <Campaign
          key={campaignId}
          campaignId={campaignId}
          status={status.campaigns.find(one => one.campaignId === campaignId)}
          trunkIds={status.trunks.map(({ trunkId }) => trunkId)}
          rights={rights}
        />
      )}
    </Frame>
  )
}

const session = await whoAmIPatiently()
if (session === undefined || !session.rights.includes('see-status'))
  location.replace(session === undefined ? '/login' : homeOf(session))
else {
  const live = follow<Pick<Topics, 'board'>>(['board'], () => location.replace('/login'))
  void openWith(['board', 'campaigns'], <Campaigns session={session} live={live} />)
}
