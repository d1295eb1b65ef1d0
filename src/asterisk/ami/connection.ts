import createManager from 'asterisk-manager'
import type { DurationTally } from '../../core/tally.ts'
import type { Clock } from '../../ports/clock.ts'
import { telephonyError } from '../errors.ts'
import type { Timing } from '../link/timing.ts'
import { assertSendable } from '../sendable.ts'
import { type AmiMessage, readMessage } from './message.ts'

/** Where the manager interface is and who we are. */
export interface AmiOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly secret: string
}

/** One TCP connection to the manager interface, logged in. */
export interface AmiConnection {
  /** The answer to one action, matched by its ActionID; rejects when the PBX says no or says nothing in time. */
  action(fields: Readonly<Record<string, string>>): Promise<AmiMessage>
  /** As `action`, for those that answer by a list of events: resolves with the events between start and end. */
  list(fields: Readonly<Record<string, string>>): Promise<readonly AmiMessage[]>
  /** Idempotent. What is still unanswered is rejected. */
  close(): void
}

/** What a connection needs beside its address. */
export interface AmiContext {
  readonly clock: Clock
  readonly timing: Timing
  /** Counts how long each answer takes, of a list until its end. */
  readonly latency?: { readonly ami: DurationTally }
  readonly onEvent: (event: AmiMessage) => void
  readonly onClose: () => void
}

interface Pending {
  readonly settle: (messages: readonly AmiMessage[]) => void
  readonly fail: (error: Error) => void
  readonly events: AmiMessage[] | undefined
  readonly cancelTimer: () => void
  /** Of `performance`. */
  readonly askedAt: number
}

type Manager = ReturnType<typeof createManager>

// An ActionID is unique for the process: a late answer to an earlier connection's action can match nothing.
let nextActionId = 1

/**
 * Connects and logs in. asterisk-manager does the wire; what it does badly is done here: an instance serves one TCP
 * connection (half a message left in its buffer would swallow the next log-in), log-in is by hand (else a wrong secret
 * is silent), ActionIDs are ours (its own repeat within a millisecond), every action has a limit (else it leaks a
 * listener and its caller waits for ever), and it is never asked to write without a connection (it would print).
 */
export async function connectAmi(options: AmiOptions, context: AmiContext): Promise<AmiConnection> {
  const manager = createManager(null, options.host, options.user, options.secret, false)
  const session = new AmiSession(manager, context)
  try {
    assertSendable({ Username: options.user, Secret: options.secret })
    await within(context, 'AMI: no connection in time', () => openSocket(manager, options))
    await within(context, 'AMI: no answer to the log-in', () => logIn(manager, options))
  } catch (error) {
    session.close()
    throw error
  }
  session.begin()
  return session
}

function openSocket(manager: Manager, { host, port }: AmiOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause?: unknown) =>
      reject(
        telephonyError('unreachable', `Asterisk's AMI cannot be reached at ${host}:${port}: is it running?`, cause),
      )
    manager.on('error', refuse)
    manager.on('close', refuse)
    manager.connect(port, host, resolve)
  })
}

function logIn(manager: Manager, { user, host, port }: AmiOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    manager.on('close', () =>
      reject(telephonyError('unreachable', `Asterisk's AMI at ${host}:${port} hung up during the log-in`)),
    )
    manager.login(error => {
      if (!error) return resolve()
      reject(telephonyError('unauthorized', `AMI refuses user "${user}": check user and secret in manager.conf`, error))
    })
  })
}

async function within<T>(context: AmiContext, message: string, work: () => Promise<T>): Promise<T> {
  let cancel = () => {}
  const limit = new Promise<never>((_, reject) => {
    const at = context.clock.now() + context.timing.connectTimeoutMs
    cancel = context.clock.wakeAt(at, () => reject(telephonyError('timeout', message)))
  })
  try {
    return await Promise.race([work(), limit])
  } finally {
    cancel()
  }
}

class AmiSession implements AmiConnection {
  readonly #manager: Manager
  readonly #context: AmiContext
  readonly #pending = new Map<string, Pending>()
  #state: 'opening' | 'open' | 'closed' = 'opening'

  constructor(manager: Manager, context: AmiContext) {
    this.#manager = manager
    this.#context = context
  }

  begin(): void {
    this.#state = 'open'
    this.#manager.on('rawevent', raw => this.#receive(readMessage(raw)))
    this.#manager.on('close', () => this.close())
    this.#manager.on('end', () => this.close())
  }

  async action(fields: Readonly<Record<string, string>>): Promise<AmiMessage> {
    const [answer] = await this.#send(fields, false)
    // A response without a list always carries exactly itself.
    return answer ?? {}
  }

  list(fields: Readonly<Record<string, string>>): Promise<readonly AmiMessage[]> {
    return this.#send(fields, true)
  }

  #send(fields: Readonly<Record<string, string>>, isList: boolean): Promise<readonly AmiMessage[]> {
    return new Promise((resolve, reject) => {
      assertSendable(fields)
      if (this.#state !== 'open') throw telephonyError('unreachable', 'The AMI connection is closed')
      const id = `dialwright-${nextActionId++}`
      this.#pending.set(id, {
        settle: resolve,
        fail: reject,
        events: isList ? [] : undefined,
        cancelTimer: this.#limit(id, fields.Action ?? ''),
        askedAt: performance.now(),
      })
      this.#manager.action({ ...fields, actionid: id })
    })
  }

  #limit(id: string, action: string): () => void {
    const { clock, timing } = this.#context
    return clock.wakeAt(clock.now() + timing.requestTimeoutMs, () =>
      this.#finish(id)?.fail(telephonyError('timeout', `Asterisk did not answer the AMI action ${action} in time`)),
    )
  }

  /** Takes an action off the books, with the listener that asterisk-manager keeps for it. */
  #finish(id: string): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    this.#manager.removeAllListeners(id)
    pending?.cancelTimer()
    if (pending !== undefined && this.#state === 'open')
      this.#context.latency?.ami.add(performance.now() - pending.askedAt)
    return pending
  }

  #receive(message: AmiMessage): void {
    const id = message.actionid
    const pending = id === undefined ? undefined : this.#pending.get(id)
    if (id === undefined || pending === undefined) {
      if (message.event !== undefined) this.#context.onEvent(message)
    } else if (message.response !== undefined) this.#receiveResponse(id, pending, message)
    else if (message.eventlist?.toLowerCase() === 'complete') this.#finish(id)?.settle(pending.events ?? [])
    else pending.events?.push(message)
  }

  #receiveResponse(id: string, pending: Pending, message: AmiMessage): void {
    if (message.response?.toLowerCase() === 'error')
      this.#finish(id)?.fail(telephonyError('rejected', `AMI: ${message.message ?? 'refused'}`))
    else if (pending.events === undefined) this.#finish(id)?.settle([message])
    // Some lists answer "nothing there" by a success that starts no list.
    else if (message.eventlist === undefined) this.#finish(id)?.settle([])
  }

  close(): void {
    if (this.#state === 'closed') return
    const wasOpen = this.#state === 'open'
    this.#state = 'closed'
    for (const id of [...this.#pending.keys()])
      this.#finish(id)?.fail(telephonyError('unreachable', 'The AMI connection was lost before the answer came'))
    this.#manager.disconnect()
    this.#manager.removeAllListeners()
    // Its socket may still report errors: an emitter without this listener would throw them.
    this.#manager.on('error', () => {})
    if (wasOpen) this.#context.onClose()
  }
}
