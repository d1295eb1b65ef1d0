import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { HealthView, NodeHealth, ReadyView } from '../../api/system.ts'
import { Answer } from '../parts/answers.tsx'
import { useAsked } from '../parts/asking.ts'
import { say } from '../parts/words.ts'
import { useEvery } from './every.ts'

/** Whether calls can be made now, and what keeps them from being made. */
export function Ready() {
  const health = useAsked<HealthView>('/v1/health')
  const ready = useReady()
  useEvery(health)
  const state = ready.value
  return (
    <section class={state?.ready === false ? 'note act stack' : 'note stack'} aria-labelledby="ready" role="status">
      <h2 id="ready">{state !== undefined && say(state.ready ? 'health.ready' : 'health.not-ready')}</h2>
      <ul class="inside">
        {state?.reasons.map(({ code, says }) => (
          <li key={code}>{says}</li>
        ))}
        {state?.remarks.map(({ code, of }) => (
          <li key={`${code} ${of}`}>{`${of}: ${code}`}</li>
        ))}
      </ul>
      <p class="small muted">
        {health.answer.value !== undefined && say('health.version', { version: health.answer.value.version })}
      </p>
    </section>
  )
}

/** A daemon that is not ready says so with a status of its own (503): the answer is read whatever it is. */
function useReady() {
  const ready = useSignal<ReadyView | undefined>(undefined)
  const look = async (): Promise<void> => {
    const response = await fetch('/v1/ready', { cache: 'no-store' }).catch(() => undefined)
    const answer: ReadyView | undefined = await response?.json().catch(() => undefined)
    if (answer?.reasons !== undefined) ready.value = answer
  }
  useEffect(() => void look(), [])
  useEvery({ again: () => void look() })
  return ready
}

/** Every PBX, asked when the page is opened. */
export function Nodes() {
  const asked = useAsked<{ nodes: NodeHealth[] }>('/v1/nodes')
  return (
    <section class="card stack" aria-labelledby="nodes">
      <h2 id="nodes">{say('health.nodes')}</h2>
      <Answer asked={asked} what={say('health.nodes')}>
        {({ nodes }) => (
          <ul class="plain listed">
            {nodes.map(node => (
              <li key={node.nodeId}>
                <strong>{node.nodeId}</strong>{' '}
                {node.reachable ? (
                  say('health.reachable', { version: node.version, calls: node.currentCalls })
                ) : (
                  <span class="acts">{node.message}</span>
                )}
                {node.reachable && <Lacking node={node} />}
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </section>
  )
}

function Lacking({ node: { modules, contexts } }: { readonly node: Extract<NodeHealth, { reachable: true }> }) {
  const lacking = Object.entries({ ...modules, ...contexts }).flatMap(([name, isThere]) => (isThere ? [] : [name]))
  if (lacking.length === 0) return null
  return <p class="small acts">{say('health.lacking', { what: lacking.join(', ') })}</p>
}
