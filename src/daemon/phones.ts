import { openPhoneBook, type PhoneBook, type PhonePlace } from '../app/phones/book.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Telephony } from '../ports/telephony.ts'
import { keepPhonesIn } from './phoneFile.ts'

/** The phones that are made here, before the PBXs link up; undefined: they all stand in files. */
export function openPhones(
  config: Config,
  { telephonies, log }: { readonly telephonies: readonly Telephony[]; readonly log: Log },
): PhoneBook | undefined {
  const { provision, ...ways } = config.phones
  if (!provision) return undefined
  const keeper = keepPhonesIn(`${config.store.path}-phones`, log)
  const places = config.nodes.flatMap(({ nodeId, ari, sip }): readonly PhonePlace[] => {
    const phones = telephonies.find(telephony => telephony.nodeId === nodeId)?.phones
    return phones === undefined ? [] : [{ nodeId, provision: phones, ...sip, socketUrl: socketUrlOf(ari.url) }]
  })
  return openPhoneBook({ keeper, places, ways, log })
}

/** The web server that has ARI has the WebSocket for SIP too, under the same prefix. */
function socketUrlOf(ariUrl: string): string {
  return `${ariUrl.replace(/^http/, 'ws').replace(/\/ari\/?$/, '')}/ws`
}
