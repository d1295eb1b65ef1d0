import { createSocket } from 'node:dgram'
import { parentPort, workerData } from 'node:worker_threads'
import { errorCode, errorMessage } from '../../errors.ts'
import { type InviteResponse, readInviteResponse, type SipCaptureAddress } from './hep.ts'

/** What the listening thread tells: what it has heard since it told last, or why it hears nothing. */
export type Heard =
  | { readonly kind: 'responses'; readonly responses: readonly InviteResponse[] }
  | { readonly kind: 'deaf'; readonly code: string; readonly message: string }

const bufferBytes = 1024 * 1024
/** Copies come by the hundred a second and are needed for few calls: they lie in the socket's buffer for so long, and are read together. */
const napMs = 40
/** After so many at once there may be more: it is read on before the next nap. */
const manyAtOnce = 16

const { host, port }: SipCaptureAddress = workerData
const napping = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
let heard: InviteResponse[] = []
let atOnce = 0

const socket = createSocket({ type: 'udp4', recvBufferSize: bufferBytes })
socket.on('message', datagram => {
  if (atOnce === 0) setImmediate(tellAndNap)
  atOnce += 1
  const response = readInviteResponse(datagram)
  if (response !== undefined) heard.push(response)
})
socket.on('error', error => {
  tell({ kind: 'deaf', code: errorCode(error), message: errorMessage(error) })
  socket.close()
})
socket.bind(port, host)

function tellAndNap(): void {
  if (heard.length > 0) tell({ kind: 'responses', responses: heard })
  heard = []
  const mayBeMore = atOnce >= manyAtOnce
  atOnce = 0
  if (!mayBeMore) Atomics.wait(napping, 0, 0, napMs)
}

function tell(message: Heard): void {
  parentPort?.postMessage(message)
}
