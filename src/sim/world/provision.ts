import { TelephonyError } from '../../errors.ts'
import type { PhoneProvision, PhoneSetup } from '../../ports/phones.ts'

/** The phones of a simulated PBX that stand in no file, and those that do. */
export interface SimulatedPhones extends PhoneProvision {
  /** Those that it knows now. */
  known(): ReadonlyMap<string, PhoneSetup>
  /** One of this name stands in a file. */
  writeFile(name: string): void
  /** It was started anew: what it knows is what is put again at the link-up. */
  restart(): void
}

/** Makes them; `isUp`: whether the link is. */
export function createSimulatedPhones(isUp: () => boolean): SimulatedPhones {
  const wanted = new Map<string, PhoneSetup>()
  const known = new Map<string, PhoneSetup>()
  const files = new Set<string>()
  const checkLink = (): void => {
    if (!isUp()) throw new TelephonyError('unreachable', 'The link to the simulated PBX is down')
  }
  const putAll = (): void => {
    for (const [name, phone] of wanted) if (!files.has(name)) known.set(name, phone)
  }
  return {
    known: () => known,
    writeFile: name => void files.add(name),
    restart() {
      known.clear()
      putAll()
    },
    want(phones) {
      for (const phone of phones) wanted.set(phone.name, phone)
      putAll()
    },
    async put(phone) {
      checkLink()
      if (files.has(phone.name)) throw new TelephonyError('phone-in-file', `the phone ${phone.name} stands in a file`)
      wanted.set(phone.name, phone)
      known.set(phone.name, phone)
    },
    async remove(name) {
      checkLink()
      wanted.delete(name)
      known.delete(name)
    },
  }
}
