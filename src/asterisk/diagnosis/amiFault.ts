import { connect } from 'node:net'
import { errorCode, errorMessage } from '../../errors.ts'
import { type AmiOptions, connectAmi } from '../ami/connection.ts'
import { hasCode } from '../errors.ts'
import { defaultTiming } from '../link/timing.ts'
import type { AmiOutcome, DiagnosisParts, LinkFault } from './types.ts'

/** Asterisk greets first: `Asterisk Call Manager/11.0.0`. */
const greeting = /^Asterisk Call Manager\//
const greetingLimitMs = 3_000
/** A PBX with 10 000 phones takes some seconds for a list. */
const answerLimitMs = 30_000

/** Logs in over AMI, or says what is wrong: nothing there, something else there, a log-in that is refused. */
export async function tryAmi(options: AmiOptions, { clock }: DiagnosisParts): Promise<AmiOutcome> {
  const fault = await greetingFault(options)
  if (fault !== undefined) return { fault }
  const timing = { ...defaultTiming, requestTimeoutMs: answerLimitMs }
  try {
    return { connection: await connectAmi(options, { clock, timing, onEvent: () => {}, onClose: () => {} }) }
  } catch (error) {
    return { fault: logInFault(options, error) }
  }
}

function logInFault({ user, host, port }: AmiOptions, error: unknown): LinkFault {
  if (hasCode(error, 'unauthorized'))
    return {
      code: 'unauthorized',
      says: `refuses user "${user}" at ${host}:${port}: wrong secret, no such user, or not permitted from here`,
      todo: 'compare secret and permit of the user in manager.conf with nodes (ami) in the configuration, then `manager reload`',
    }
  return { code: errorCode(error), says: errorMessage(error), todo: 'see the log of Asterisk' }
}

/** What stands between us and the greeting. */
function greetingFault({ host, port }: AmiOptions): Promise<LinkFault | undefined> {
  return new Promise(resolve => {
    const socket = connect({ host, port })
    const end = (fault?: LinkFault) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(fault)
    }
    const timer = setTimeout(() => end(silent({ host, port })), greetingLimitMs)
    socket.once('error', error => end(unreachable({ host, port }, errorCode(error))))
    socket.once('data', data => end(greeting.test(data.toString('latin1')) ? undefined : stranger({ host, port })))
    socket.once('end', () => end(stranger({ host, port })))
  })
}

interface Place {
  readonly host: string
  readonly port: number
}

const onThePbx = 'manager.conf on the PBX needs enabled = yes and this port and bindaddr, then a restart of Asterisk'

function unreachable({ host, port }: Place, cause: string): LinkFault {
  const where = `cannot be reached at ${host}:${port} (${cause})`
  if (cause === 'ENOTFOUND' || cause === 'EAI_AGAIN')
    return { code: cause, says: where, todo: `see nodes (ami.host) in the configuration: nobody knows ${host}` }
  if (cause === 'ECONNREFUSED')
    return {
      code: cause,
      says: `${where}: nothing listens there`,
      todo: `see nodes (ami) in the configuration; ${onThePbx}`,
    }
  return {
    code: cause,
    says: where,
    todo: 'see nodes (ami) in the configuration, and the network or tunnel to the PBX',
  }
}

function stranger({ host, port }: Place): LinkFault {
  return {
    code: 'not-ami',
    says: `what answers at ${host}:${port} is not Asterisk's manager interface: wrong port?`,
    todo: `set nodes (ami.port) in the configuration to the port of manager.conf (usually 5038)`,
  }
}

function silent({ host, port }: Place): LinkFault {
  return {
    code: 'silent',
    says: `what listens at ${host}:${port} says nothing, and Asterisk's manager interface greets: wrong port, or Asterisk hangs`,
    todo: 'set nodes (ami.port) in the configuration to the port of manager.conf (usually 5038)',
  }
}
