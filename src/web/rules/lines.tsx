import type { RuleLinesView } from '../../api/rules/rules.ts'
import { say } from '../parts/words.ts'

type Line = RuleLinesView['lines'][number]

/** Lines of law with their sources, and those that the operator has turned off. */
export function Lines({ found }: { readonly found: RuleLinesView }) {
  return (
    <div class="stack">
      {found.withoutHours && <p class="note warn">{say('rules.without-hours')}</p>}
      <ul class="plain listed">
        {found.lines.map(line => (
          <LineOfLaw key={line.ruleId} line={line} />
        ))}
      </ul>
      <Off off={found.off.map(({ ruleId, by, reason }) => ({ rule: ruleId, by, reason }))} />
    </div>
  )
}

function LineOfLaw({ line: { ruleId, says, purposes, source, date, override } }: { readonly line: Line }) {
  const whose =
    purposes === undefined ? say('rules.every-purpose') : say('rules.purposes', { purposes: purposes.join(', ') })
  return (
    <li>
      <p>{says}</p>
      <p class="small muted">{`${ruleId} · ${whose} · ${say('rules.source', { source, date })}`}</p>
      {override !== undefined && <Changed {...override} />}
    </li>
  )
}

/** Who has changed a line, and why. */
export function Changed({
  by,
  change,
  reason,
}: {
  readonly by: string
  readonly change: string
  readonly reason: string
}) {
  return <p class="small warns">{say('rules.changed', { by, change, reason })}</p>
}

interface OffProps {
  readonly off: readonly { readonly rule: string; readonly by: string; readonly reason: string }[]
}

/** Lines that the operator has turned off. */
export function Off({ off }: OffProps) {
  return (
    <>
      {off.map(({ rule, by, reason }) => (
        <p key={rule} class="small warns">
          {say('rules.off', { rule, by, reason })}
        </p>
      ))}
    </>
  )
}
