import { InputError, StoreError } from '../../errors.ts'

/** More entries are not given at once. */
export const ledgerEntriesMax = 1_000

/** What is wrong with a ledger, in the words of the operator. */
export const ledgerProblems = {
  noBeginning: () => new StoreError('ledger-empty', 'the ledger has no beginning: start the daemon once, it makes one'),
  retention(asked: string, demanded: string) {
    const text = `records from before ${asked} cannot all be thrown away: ${demanded}`
    return new InputError('retention', text)
  },
} as const
