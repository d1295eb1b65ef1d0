import type { Signal } from '@preact/signals'
import type { CourseView } from '../../api/course.ts'
import { Figures, FirstLine } from '../board/figures.tsx'
import { followCourse } from '../board/live.ts'
import type { Topics } from '../board/topics.ts'
import { homeOf } from '../parts/api.ts'
import { follow, type Live } from '../parts/live.ts'
import { LostLine, openWith, whoAmIPatiently } from '../parts/shell.tsx'
import { say } from '../parts/words.ts'

interface WallProps {
  readonly live: Live<Topics>
  readonly course: Signal<CourseView | undefined>
}

/** For a whole room: no controls and no names. */
function Wall({ live, course }: WallProps) {
  const status = live.state('board').value
  return (
    <main class="wall">
      <h1 class="unseen">{say('place.board')}</h1>
      <LostLine lostAt={live.lostAt} />
      {status ? (
        <>
          <FirstLine status={status} />
          <Figures status={status} agents={live.state('agents').value ?? {}} course={course.value} />
        </>
      ) : (
        <p class="muted">{say('board.loading')}</p>
      )}
    </main>
  )
}

const session = await whoAmIPatiently()
if (session === undefined || !session.rights.includes('see-status'))
  location.replace(session === undefined ? '/login' : homeOf(session))
else {
  const live = follow<Topics>(['board', 'agents'], () => location.replace('/login'))
  void openWith(['board'], <Wall live={live} course={followCourse()} />)
}
