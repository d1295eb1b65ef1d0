import { StoreError } from '../../errors.ts'

/** Errors that a caller of the store makes, the same in every store. */
export const storeProblems = {
  unknownAttempt: (callId: string) => new StoreError('unknown-attempt', `no attempt of call ${callId} was begun`),
  alreadyBegun: (callId: string) => new StoreError('already-begun', `the attempt of call ${callId} was begun before`),
  alreadyEnded: (callId: string) =>
    new StoreError('already-ended', `the attempt of call ${callId} has ended before; nothing was changed`),
  unknownLead: (leadId: number, campaignId: string) =>
    new StoreError('unknown-lead', `campaign ${campaignId} has no lead ${leadId}`),
  unknownImport: (importId: string) => new StoreError('unknown-import', `there is no open import ${importId}`),
  unknownCall: (callId: string) => new StoreError('unknown-call', `there is no call ${callId} to continue behind`),
  callInFlight: (number: string) =>
    new StoreError('call-in-flight', `${number} is being called right now: erase the person when the call has ended`),
  countStopped: () => new StoreError('count-stopped', 'nobody waits for the count any more'),
  closed: () => new StoreError('closed', 'the store has been closed'),
} as const
