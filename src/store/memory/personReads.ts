import type { PhoneNumber } from '../../core/ids.ts'
import type { PersonData } from '../../ports/people.ts'
import type { Store } from '../../ports/store.ts'
import { instantsOf } from '../decisions/personLedger.ts'
import { leadRecord } from './lead.ts'
import type { Model } from './model.ts'

type PersonReads = Pick<Store, 'permissionsOf' | 'numbersOfPerson' | 'personHoursOf' | 'personData'>

/** What is read of people. */
export function personReads(model: Model): PersonReads {
  const { leads, people } = model
  return {
    permissionsOf: async number => people.of(leads.numbersOf(number)),
    numbersOfPerson: async number => leads.numbersOf(number),
    personHoursOf: async number => people.hoursOf(leads.numbersOf(number))[0],
    personData: number => dataOf(model, number),
  }
}

async function dataOf({ leads, attempts, doNotCall, people, ledger }: Model, number: PhoneNumber): Promise<PersonData> {
  const numbers = leads.numbersOf(number)
  const records = numbers.flatMap(one => leads.ofNumber(one)).filter(lead => lead.active)
  const data = {
    numbers,
    personIds: leads.personIdsOf(number),
    leads: records.map(leadRecord),
    calls: numbers.flatMap(one => attempts.callsOf(one)),
    permissions: people.of(numbers),
    hours: people.hoursOf(numbers),
    doNotCall: numbers.flatMap(one => doNotCall.ownEntries(one)),
  }
  const subjects = await Promise.all(numbers.map(one => ledger.reads.ledgerSubject(one)))
  const instants = instantsOf(data)
  const isAbout = (entry: string) => subjects.some(known => known !== undefined && entry.includes(known.subject))
  return { ...data, ledger: ledger.entries().filter(({ at, entry }) => instants.has(at) && isAbout(entry)) }
}
