import { createSocket } from 'node:dgram'
import { errorCode } from '../../errors.ts'
import type { AmiConnection } from '../ami/connection.ts'
import type { SipCaptureAddress } from '../capture/hep.ts'

/** `heard`: a copy came; `none`: none did; `port-in-use`: somebody listens already; `no-address`: it is none of this machine's. */
export type SipCopies = 'heard' | 'none' | 'port-in-use' | 'no-address' | 'not-asked'

const waitMs = 2_000

/** Listens for the PBX's copies of SIP messages while the PBX is asked to send some: OPTIONS to these endpoints' contacts. */
export function listenForCopies(
  address: SipCaptureAddress,
  { ami, endpoints }: { readonly ami: AmiConnection; readonly endpoints: readonly string[] },
): Promise<SipCopies> {
  return new Promise(resolve => {
    const socket = createSocket('udp4')
    let timer: NodeJS.Timeout | undefined
    const end = (found: SipCopies) => {
      clearTimeout(timer)
      socket.close()
      resolve(found)
    }
    socket.once('error', error => end(errorCode(error) === 'EADDRINUSE' ? 'port-in-use' : 'no-address'))
    socket.on('message', datagram => {
      if (datagram.toString('latin1', 0, 4) === 'HEP3') end('heard')
    })
    socket.bind(address.port, address.host, () => {
      timer = setTimeout(() => end('none'), waitMs)
      void askForMessages(ami, endpoints).then(asked => (asked ? undefined : end('not-asked')))
    })
  })
}

/** Whether one of them could be asked. */
async function askForMessages(ami: AmiConnection, endpoints: readonly string[]): Promise<boolean> {
  const asked = await Promise.all(
    endpoints.map(name =>
      ami.action({ Action: 'PJSIPQualify', Endpoint: name }).then(
        () => true,
        () => false,
      ),
    ),
  )
  return asked.includes(true)
}
