import type { CampaignId, LeadId, PhoneNumber } from '../../core/ids.ts'

/** That a person has a number, as a lead says or has said. */
export interface PersonTie {
  readonly leadId: LeadId
  readonly campaignId: CampaignId
  readonly number: PhoneNumber
  readonly personId: string
}

/** What ties numbers to persons, in the order in which the leads came. It outlives a lead that leaves for an archive. */
export class PersonTies {
  readonly #byNumber = new Map<PhoneNumber, PersonTie[]>()
  /** In the order in which persons were first named. */
  readonly #persons = new Map<string, { readonly key: number; readonly ties: Set<PersonTie> }>()
  #nextKey = 1

  add(tie: PersonTie): void {
    const person = this.#persons.get(tie.personId) ?? { key: this.#nextKey, ties: new Set() }
    if (person.key === this.#nextKey) this.#nextKey += 1
    this.#persons.set(tie.personId, person)
    person.ties.add(tie)
    this.#byNumber.set(tie.number, [...this.ofNumber(tie.number), tie])
  }

  /** The lead is gone, and what it said with it. */
  remove(number: PhoneNumber, leadId: LeadId): void {
    for (const tie of this.ofNumber(number)) if (tie.leadId === leadId) this.#drop(tie)
  }

  /** Whoever had the number has it no more. */
  removeNumber(number: PhoneNumber): void {
    for (const tie of this.ofNumber(number)) this.#drop(tie)
  }

  ofNumber(number: PhoneNumber): readonly PersonTie[] {
    return this.#byNumber.get(number) ?? []
  }

  ofPerson(personId: string): readonly PersonTie[] {
    return [...(this.#persons.get(personId)?.ties ?? [])]
  }

  keyOf(personId: string): number | undefined {
    return this.#persons.get(personId)?.key
  }

  /** A person without any tie is forgotten. */
  #drop(tie: PersonTie): void {
    const person = this.#persons.get(tie.personId)
    person?.ties.delete(tie)
    if (person?.ties.size === 0) this.#persons.delete(tie.personId)
    const others = this.ofNumber(tie.number).filter(other => other !== tie)
    if (others.length === 0) this.#byNumber.delete(tie.number)
    else this.#byNumber.set(tie.number, others)
  }
}
