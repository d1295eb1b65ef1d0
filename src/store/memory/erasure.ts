import type { PhoneNumber } from '../../core/ids.ts'
import type { ErasureReport } from '../../ports/people.ts'
import { erasureReport } from '../decisions/erasure.ts'
import { storeProblems } from '../decisions/problems.ts'
import type { OperationOf } from '../operations.ts'
import type { Model } from './model.ts'

/** How a person is erased: every number of theirs, in every place. */
export function eraser(model: Model): (erasure: OperationOf<'erase-person'>) => ErasureReport {
  const { leads, attempts, doNotCall, people, ledger } = model
  let surrogates = 0

  /** Attempts to an erased number still count as attempts to one number. */
  function surrogate(): PhoneNumber {
    surrogates += 1
    return `erased-${surrogates}`
  }

  return ({ number, at }) => {
    const numbers = leads.numbersOf(number)
    if (numbers.some(one => attempts.inFlight(one))) throw storeProblems.callInFlight(number)
    doNotCall.spreadRefusals(numbers)
    // First, because it finds the person by the leads.
    const subjects = numbers.map(one => ledger.eraseSubject(one, at))
    const personIds = numbers.flatMap(one => leads.personIdsOf(one))
    const report = erasureReport(
      numbers.map((one, index) => ({
        leads: leads.remove(one),
        calls: attempts.hideNumber(one, surrogate()),
        ...people.erase(one),
        doNotCall: doNotCall.forgetNotes(one),
        subject: subjects[index] ?? false,
      })),
    )
    // A campaign may have changed its seller since: nothing may lead back to what was said under a name from before.
    for (const personId of personIds) ledger.forgetNames(personId, leads.sellersOf(personId))
    return report
  }
}
