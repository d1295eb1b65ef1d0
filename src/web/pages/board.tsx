import { effect, type Signal } from '@preact/signals'
import type { SessionView } from '../../api/access/sessions.ts'
import type { CourseView } from '../../api/course.ts'
import { AgentList } from '../board/agents.tsx'
import { Campaigns } from '../board/campaigns.tsx'
import { Charts } from '../board/charts.tsx'
import { Figures, FirstLine } from '../board/figures.tsx'
import { Alarms, House } from '../board/house.tsx'
import { followCourse } from '../board/live.ts'
import type { Topics } from '../board/topics.ts'
import { createUsual, type Usual } from '../board/usual.ts'
import { homeOf } from '../parts/api.ts'
import { Frame } from '../parts/frame.tsx'
import { follow, type Live } from '../parts/live.ts'
import { openWith, whoAmIPatiently } from '../parts/shell.tsx'
import { say } from '../parts/words.ts'

interface BoardProps {
  readonly session: SessionView
  readonly live: Live<Topics>
  readonly course: Signal<CourseView | undefined>
  readonly usual: Usual
}

function Board({ session, live, course, usual }: BoardProps) {
  const status = live.state('board').value
  const agents = live.state('agents')
  return (
    <Frame session={session} at="board" lostAt={live.lostAt}>
      <h1 class="unseen">{say('place.board')}</h1>
      {status ? (
        <>
          <div class="row spread">
            <FirstLine status={status} />
            <a class="small" href="/board/wall">
              {say('board.wall')}
            </a>
          </div>
          <Figures status={status} agents={agents.value ?? {}} course={course.value} />
          <div class="board">
            <AgentList session={session} agents={agents} campaigns={status.campaigns} usual={usual} />
            <div class="stack">
              <Campaigns campaigns={status.campaigns} rights={session.rights} />
              <Alarms alarms={status.alarms ?? []} />
              <House trunks={status.trunks} nodes={status.nodes} />
            </div>
          </div>
          <Charts course={course.value} />
        </>
      ) : (
        <p class="muted">{say('board.loading')}</p>
      )}
    </Frame>
  )
}

const session = await whoAmIPatiently()
if (session === undefined || !session.rights.includes('see-status'))
  location.replace(session === undefined ? '/login' : homeOf(session))
else {
  const live = follow<Topics>(['board', 'agents'], () => location.replace('/login'))
  const usual = createUsual()
  effect(() => usual.see(live.state('agents').value ?? {}))
  void openWith(['board'], <Board session={session} live={live} course={followCourse()} usual={usual} />)
}
