import type { Story } from './calls.ts'
import type { AuditEntry, Violation } from './types.ts'

/**
 * No originate follows an opt-out or a withdrawn consent of its subject, unless it was taken back. A list of one campaign binds
 * that campaign, a withdrawal for one topic binds that topic.
 */
export function checkRefusals({ entries }: Story): readonly Violation[] {
  const optedOut = new Map<unknown, AuditEntry>()
  const withdrawn = new Map<unknown, AuditEntry[]>()
  const found: Violation[] = []
  for (const entry of entries) {
    const { subject, topic } = entry.entry
    if (entry.kind === 'opt-out' && !optedOut.has(subject)) optedOut.set(subject, entry)
    if (entry.kind === 'opt-in') optedOut.delete(subject)
    if (entry.kind === 'consent') followConsent(withdrawn, entry)
    if (entry.kind !== 'originate') continue
    const refusal = optedOut.get(subject)
    if (refusal !== undefined) found.push(broken(entry, { check: 'opt-out', by: refusal }))
    const back = withdrawn.get(subject)?.find(({ entry: one }) => one.topic === undefined || one.topic === topic)
    if (back !== undefined) found.push(broken(entry, { check: 'consent-withdrawn', by: back }))
  }
  return found
}

function followConsent(withdrawn: Map<unknown, AuditEntry[]>, entry: AuditEntry): void {
  const { event, subject, topics } = entry.entry
  const before = withdrawn.get(subject) ?? []
  if (event === 'withdrawn') withdrawn.set(subject, [...before, entry])
  if (event !== 'given') return
  const every = !Array.isArray(topics) || topics.length === 0
  const left = before.filter(({ entry: { topic } }) => !every && !(Array.isArray(topics) && topics.includes(topic)))
  withdrawn.set(subject, left)
}

function broken(originate: AuditEntry, { check, by }: { readonly check: string; readonly by: AuditEntry }): Violation {
  const { seq, at, entry } = originate
  const says = `called although entry ${by.seq} is ${by.kind === 'opt-out' ? 'an opt-out' : 'a withdrawal'} of the same number`
  return { seq, at, check, callId: String(entry.callId), subject: String(entry.subject), says }
}
