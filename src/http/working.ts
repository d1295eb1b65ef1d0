import type { FastifyReply, FastifyRequest } from 'fastify'
import { workingType } from '../api/working.ts'
import type { Progress, Waiter } from '../ports/waiter.ts'
import type { Api } from './context.ts'
import { settleAtEnd } from './unread.ts'
import { uploadedBytes } from './upload.ts'

/** An answer that takes longer is begun, and a line says this often that it is still worked at. */
const defaultBeatMs = 1_000

/** A request that is being worked at. */
interface Work {
  readonly waiter: Required<Waiter>
  progress: Progress | undefined
}

const works = new WeakMap<FastifyRequest, Work>()

/** Who waits for the answer to this request: they are gone when its connection is. */
export function waiterOf(request: FastifyRequest): Waiter {
  return works.get(request)?.waiter ?? {}
}

/** The file that a request brings, and who waits for what becomes of it. */
export function uploadOf(request: FastifyRequest): {
  readonly stream: AsyncIterable<Uint8Array>
  readonly waiter: Waiter
} {
  return { stream: uploadedBytes(request.body), waiter: waiterOf(request) }
}

/** How answers that take a while are given. */
export interface WorkingOptions {
  /** What goes out for an error, and into the log. */
  readonly answerError: (error: unknown, request: FastifyRequest) => { readonly status: number; readonly body: object }
  /** Absent: a second. */
  readonly beatMs?: number
}

/**
 * For every route that is registered afterwards: whoever accepts {@link workingType} is told that an answer is worked at, and how
 * far it is, for as long as it takes. So a silence is a silence, and not somebody at work. An answer that is ready at once goes out
 * as to everybody else.
 */
export function tellOfWork(app: Api, options: WorkingOptions): void {
  app.addHook('onRoute', route => {
    const { handler } = route
    route.handler = function answer(request, reply) {
      const work = startWork(reply)
      works.set(request, work)
      const outcome = handler.call(this, request, reply)
      const asked = request.headers.accept?.includes(workingType) === true
      // What is no promise has been answered already.
      if (!asked || !(outcome instanceof Promise)) return outcome
      return soonOrTold(outcome, { request, reply, work, options })
    }
  })
}

function startWork({ raw }: FastifyReply): Work {
  const gone = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort()
  })
  const work: Work = {
    progress: undefined,
    waiter: {
      signal: gone.signal,
      onProgress: progress => {
        work.progress = progress
      },
    },
  }
  return work
}

interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly work: Work
  readonly options: WorkingOptions
}

function soonOrTold(outcome: Promise<unknown>, asked: Asked): Promise<unknown> {
  const { reply, options } = asked
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => {
      if (!reply.sent && !reply.raw.headersSent) resolve(tell(outcome, asked))
    }, options.beatMs ?? defaultBeatMs)
    void outcome.then(resolve, reject).finally(() => clearTimeout(patience))
  })
}

async function tell(outcome: Promise<unknown>, { request, reply, work, options }: Asked): Promise<void> {
  const { raw } = reply
  reply.hijack()
  const unread = settleAtEnd(request)
  raw.writeHead(200, { 'content-type': workingType, 'cache-control': 'no-store', ...unread.headers })
  const beat = (): void => {
    if (!raw.writableNeedDrain) raw.write(line({ working: work.progress ?? {} }))
  }
  beat()
  const beats = setInterval(beat, options.beatMs ?? defaultBeatMs)
  const last = await outcome.then(
    answer => ({ answer }),
    (error: unknown) => {
      const { status, body } = options.answerError(error, request)
      return { ...body, status }
    },
  )
  clearInterval(beats)
  unread.settle()
  raw.end(line(last))
}

function line(what: object): string {
  return `${JSON.stringify(what)}\n`
}
