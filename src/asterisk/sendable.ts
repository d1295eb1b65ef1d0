import { telephonyError } from './errors.ts'

// AMI ends a header at CRLF, and so does SIP, into whose headers the PBX writes caller identities and variables: a value could
// bring headers of its own. NUL ends a string inside Asterisk; its console obeys the other controls.
const unsendable = /[\p{Cc}\p{Zl}\p{Zp}]/u

/**
 * The one door for text that goes to the PBX: headers, caller identities, endpoints, variables of the dialplan.
 * @throws TelephonyError `rejected`: a value holds a control character
 */
export function assertSendable(fields: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(fields))
    if (unsendable.test(name) || unsendable.test(value))
      throw telephonyError(
        'rejected',
        `the value of ${JSON.stringify(name)} for the PBX holds a line break or another control`,
      )
}
