import { once } from 'node:events'
import { platform, setPriority } from 'node:os'
import { extname } from 'node:path'
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads'
import { Defect, errorCode, errorMessage, StoreError } from '../errors.ts'

/** Workers make short-lived rows; without a limit each thread lets some 50 MB of them lie before it cleans up. */
const youngMaxMb = 8

/** The worker file of this name, without extension, beside the module that asks: TypeScript beside sources, JavaScript beside built code. */
export function workerAt(name: string, module: string): URL {
  return new URL(`${name}${extname(module)}`, module)
}

/** Starts a worker with its data. `oldMaxMb`: what it keeps may take so much memory, then it ends; absent: what the machine has. */
export function startWorker(file: URL, data: unknown, { oldMaxMb }: { readonly oldMaxMb?: number } = {}): Worker {
  const limits = {
    maxYoungGenerationSizeMb: youngMaxMb,
    ...(oldMaxMb !== undefined && { maxOldGenerationSizeMb: oldMaxMb }),
  }
  return new Worker(file, { workerData: data, resourceLimits: limits })
}

/** Given to a worker in place of its data: it loads its code, and waits for them. */
const dataLater = 'data-later'

/** A thread whose code is loaded, and that has no data yet. */
export type LoadedThread = Worker

/** Loads the code of an answering thread ahead of its data: most of what a start takes. Whoever does not use it terminates it. */
export async function loadAnswering(file: URL): Promise<LoadedThread> {
  const worker = startWorker(file, dataLater)
  await once(worker, 'message')
  return worker
}

/** Of the operating system, -20 (first) to 19; 0 is the dialing's. */
const behindDialing = 10

/** For a worker whose work has time, dialing goes first: on Linux a priority belongs to a thread, elsewhere to the whole process, which keeps its own. */
export function stepBack(): void {
  if (platform() !== 'linux') return
  try {
    setPriority(behindDialing)
  } catch {
    // Not allowed here: the thread runs as everything else does.
  }
}

/** A thread that answers one question after the other. */
export interface AnsweringThread<Question, Answer> {
  ask(question: Question): Promise<Answer>
  /** Lets it finish what it was asked and ends it. Idempotent. */
  close(): Promise<void>
}

type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: unknown }
  | { readonly kind: 'problem'; readonly code: string; readonly message: string }

/**
 * Starts an answering thread (see {@link serveAnswers}), or gives one that is `loaded` its data, and waits until it is ready.
 * @throws StoreError as thrown by the thread while it prepared itself
 */
export async function startAnswering<Question, Answer>(
  file: URL,
  data: unknown,
  loaded?: LoadedThread,
): Promise<AnsweringThread<Question, Answer>> {
  const worker = loaded ?? startWorker(file, data)
  const waiting: { resolve(answer: unknown): void; reject(error: unknown): void }[] = []
  const expect = () => new Promise<unknown>((resolve, reject) => waiting.push({ resolve, reject }))
  let gone: unknown
  const exited = new Promise<void>(resolve => worker.once('exit', () => resolve()))

  worker.on('message', (reply: Reply) => {
    const asker = waiting.shift()
    if (reply.kind === 'problem') asker?.reject(new StoreError(reply.code, reply.message))
    else asker?.resolve(reply.kind === 'answer' ? reply.answer : undefined)
  })
  worker.on('error', error => {
    gone = error
  })
  void exited.then(() => {
    gone ??= new Defect(`the thread ${file.pathname} has ended`)
    for (const asker of waiting.splice(0)) asker.reject(gone)
  })

  loaded?.postMessage(data)
  try {
    await expect()
  } catch (error) {
    await worker.terminate()
    throw error
  }
  return {
    async ask(question) {
      if (gone !== undefined) throw gone
      worker.postMessage({ question })
      // The thread's answer function has this type; nothing else is ever posted.
      return (await expect()) as Answer
    },
    async close() {
      if (gone === undefined) worker.postMessage('close')
      await exited
    },
  }
}

/** What a thread does: it answers, and does something useful when nobody asks. */
export interface Answering<Question, Answer> {
  answer(question: Question): Answer
  /** What is left to do while nobody asks; looked at after each answer and once at the start, and called until it is false. */
  readonly leftovers?: { exist(): boolean; work(): void }
  close(): void
}

const idleAfterMs = 5

/** The other side: runs in the worker, prepares itself with the data that `startAnswering` was given, and answers. */
export function serveAnswers<Data, Question, Answer>(prepare: (data: Data) => Answering<Question, Answer>): void {
  const port = parentPort
  if (port === null) throw new Defect('this file is run in a worker thread only')
  // Both ends are called with the same types: by the pair of files that name each other.
  const begin = (data: unknown): void => serve(port, () => prepare(data as Data))
  if (workerData === dataLater) {
    port.once('message', begin)
    port.postMessage('loaded')
  } else begin(workerData)
}

function serve<Question, Answer>(port: MessagePort, prepare: () => Answering<Question, Answer>): void {
  const served = prepared(port, prepare)
  if (served === undefined) return
  const idler = createIdler(served.leftovers)
  port.on('message', (message: 'close' | { readonly question: Question }) => {
    if (message === 'close') {
      idler.stop()
      served.close()
      port.close()
      return
    }
    port.postMessage(attempt(() => ({ kind: 'answer', answer: served.answer(message.question) })))
    idler.start()
  })
  port.postMessage({ kind: 'ready' })
  idler.start()
}

function prepared<Served>(port: MessagePort, prepare: () => Served): Served | undefined {
  try {
    return prepare()
  } catch (error) {
    port.postMessage(problem(error))
    port.close()
    return undefined
  }
}

function attempt(answer: () => Reply): Reply {
  try {
    return answer()
  } catch (error) {
    return problem(error)
  }
}

function problem(error: unknown): Reply {
  return { kind: 'problem', code: errorCode(error), message: errorMessage(error) }
}

function createIdler(leftovers: Answering<unknown, unknown>['leftovers']): { start(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined
  function start(): void {
    if (!leftovers?.exist()) return
    timer ??= setTimeout(() => {
      timer = undefined
      leftovers.work()
      start()
    }, idleAfterMs)
  }
  return { start, stop: () => clearTimeout(timer) }
}
