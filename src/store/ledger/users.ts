import type { WriteOperation } from '../operations.ts'
import type { LedgerBook } from './book.ts'
import { named } from './chain.ts'

type UserOperation = Extract<
  WriteOperation,
  { kind: 'save-user' | 'remove-user' | 'add-api-token' | 'revoke-api-token' | 'record-act' }
>

/** Writes who may log in and which programs may ask, and who asked for what. No hash and no secret stands there. */
export function recordUsers(book: LedgerBook, operation: UserOperation, answer: unknown): void {
  switch (operation.kind) {
    case 'save-user': {
      const { user, event, by, at } = operation.change
      const { name, role, campaigns, agentId, seesNumbers, disabled } = user
      book.append('access', at, { event, user: name, role, campaigns, agentId, seesNumbers, disabled, by })
      return
    }
    case 'remove-user': {
      const { name, by, at } = operation
      if (answer === true) book.append('access', at, { event: 'removed', user: name, by })
      return
    }
    case 'add-api-token': {
      const { tokenId, name, rights, campaigns, expiresAt, addedAt, addedBy } = operation.token
      const what = { token: name, tokenId, rights, campaigns, expiresAt }
      book.append('access', addedAt, { event: 'token-added', ...what, by: addedBy })
      return
    }
    case 'revoke-api-token': {
      const { tokenId, by, at } = operation
      if (answer === true) book.append('access', at, { event: 'token-revoked', tokenId, by })
      return
    }
    case 'record-act': {
      const { number, at, ...act } = operation.act
      const subject = number === undefined ? undefined : book.subject(number)
      book.append('act', at, { ...act, ...(subject && named(subject)) })
      return
    }
  }
}
