import { Tabs } from '../parts/tabs.tsx'
import { say } from '../parts/words.ts'
import { CallBack } from './callBack.tsx'
import { History } from './history.tsx'
import type { Work } from './work.ts'

/** Beside the notes: what was before, and the promise of a call. */
export function Beside({ work }: { readonly work: Work }) {
  const person = work.papers.person.value
  const call = work.shown.value?.call
  return (
    <Tabs
      label={say('beside.title')}
      chosen={work.beside}
      tabs={[
        { id: 'history', title: say('history.title'), show: () => <History person={person} /> },
        {
          id: 'call-back',
          title: say('back.title'),
          show: () =>
            person === undefined || call?.leadId === undefined ? (
              <p class="muted">{say('back.nobody')}</p>
            ) : (
              <CallBack key={person.callId} work={work} callId={person.callId} clocks={person.clocks} />
            ),
        },
      ]}
    />
  )
}

/** Goes to where a call is promised; the code is sent from there, with its time. */
export function turnToCallBack(work: Work): void {
  work.beside.value = 'call-back'
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>('[data-call-back] input')?.focus())
}
