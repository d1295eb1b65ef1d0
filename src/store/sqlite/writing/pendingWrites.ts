import type { LeadId, PhoneNumber } from '../../../core/ids.ts'
import type { WriteOperation } from '../../operations.ts'

/** Writes on their way, by the lead or number they are about, so that a look-up waits for those alone. */
export interface PendingWrites {
  follow(operation: WriteOperation, written: Promise<unknown>): Promise<unknown>
  /** Resolves when the last write about it has been answered; `undefined` where there is none. */
  of(leadOrNumber: LeadId | PhoneNumber): Promise<void> | undefined
}

/** Nothing on its way. */
export function createPendingWrites(): PendingWrites {
  const last = new Map<LeadId | PhoneNumber, Promise<void>>()
  return {
    follow(operation, written) {
      for (const about of subjectsOf(operation)) {
        const forget = () => {
          if (last.get(about) === answered) last.delete(about)
        }
        const answered: Promise<void> = written.then(forget, forget)
        last.set(about, answered)
      }
      return written
    },
    of: leadOrNumber => last.get(leadOrNumber),
  }
}

function subjectsOf(operation: WriteOperation): readonly (LeadId | PhoneNumber)[] {
  switch (operation.kind) {
    case 'begin-attempt':
      return present([operation.attempt.number])
    case 'end-attempt':
      return present([operation.end.leadId, operation.end.number])
    case 'defer-lead':
      return [operation.leadId]
    case 'add-do-not-call':
      return [operation.entry.number]
    case 'remove-do-not-call':
      return [operation.number]
    case 'add-permission':
      return [operation.permission.number]
    case 'withdraw-permission':
      return [operation.withdrawal.number]
    case 'set-person-hours':
      return [operation.hours.number]
    default:
      return []
  }
}

function present<One>(all: readonly (One | undefined)[]): readonly One[] {
  return all.filter(one => one !== undefined)
}
