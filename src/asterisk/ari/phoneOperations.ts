import { hasCode } from '../errors.ts'
import { assertSendable } from '../sendable.ts'
import type { AriHttp } from './http.ts'
import type { AriOperations } from './operations.ts'

type PhoneOperations = Pick<AriOperations, 'putPhonePart' | 'hasPhonePart' | 'removePhonePart'>

/** ARI's dynamic configuration of PJSIP. */
export function phoneOperations(http: AriHttp): PhoneOperations {
  const path = (part: string, name: string): string =>
    `/asterisk/config/dynamic/res_pjsip/${part}/${encodeURIComponent(name)}`
  return {
    async putPhonePart(part, name, fields) {
      assertSendable({ name, ...fields })
      const written = Object.entries(fields).map(([attribute, value]) => ({ attribute, value }))
      await http.send({ method: 'PUT', path: path(part, name), body: JSON.stringify({ fields: written }) })
    },
    async hasPhonePart(part, name) {
      try {
        await http.send({ method: 'GET', path: path(part, name) })
        return true
      } catch (error) {
        if (!hasCode(error, 'channel-gone')) throw error
        return false
      }
    },
    async removePhonePart(part, name) {
      try {
        await http.send({ method: 'DELETE', path: path(part, name) })
      } catch (error) {
        // Not there, or a file's.
        if (!hasCode(error, 'channel-gone', 'unauthorized')) throw error
      }
    },
  }
}
