import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { Defect } from '../../errors.ts'
import { workerAt } from '../../threads/threads.ts'
import type { SimulationResult } from './run.ts'
import { runTask, type Task } from './tasks.ts'

/** Runs simulations on every core. */
export interface SimulationPool {
  run(task: Task): Promise<SimulationResult>
  /** Lets go of the threads; what was asked for and is not done fails. Idempotent. */
  close(): Promise<void>
}

interface Job {
  readonly task: Task
  resolve(result: SimulationResult): void
  reject(error: unknown): void
}

type Answer = { readonly result: SimulationResult } | { readonly problem: string }

/** Starts a pool of so many threads (default: one a core; 0: in this one). What it answers does not depend on how many. */
export function createSimulationPool(threads = availableParallelism()): SimulationPool {
  return threads === 0 ? new InlinePool() : new ThreadPool(threads)
}

function closedPool(): Defect {
  return new Defect('the simulation pool is closed')
}

/** One run after the other in this thread. */
class InlinePool implements SimulationPool {
  readonly #waiting: Job[] = []
  #running = false
  #closed = false

  run(task: Task): Promise<SimulationResult> {
    if (this.#closed) return Promise.reject(closedPool())
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject })
      if (!this.#running) void this.#work()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const job of this.#waiting.splice(0)) job.reject(closedPool())
  }

  async #work(): Promise<void> {
    this.#running = true
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift())
      await runTask(job.task).then(job.resolve, job.reject)
    this.#running = false
  }
}

class ThreadPool implements SimulationPool {
  readonly #waiting: Job[] = []
  readonly #idle: Worker[] = []
  readonly #workers: Worker[]
  readonly #running = new Map<Worker, Job>()
  #closed: unknown

  constructor(threads: number) {
    this.#workers = Array.from({ length: threads }, () => this.#start())
    this.#idle.push(...this.#workers)
  }

  run(task: Task): Promise<SimulationResult> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject })
      this.#next()
    })
  }

  async close(): Promise<void> {
    this.#refuse(closedPool())
    await Promise.all(this.#workers.map(worker => worker.terminate()))
  }

  #start(): Worker {
    const worker = new Worker(workerAt('./worker', import.meta.url))
    worker.on('message', (answer: Answer) => {
      const job = this.#running.get(worker)
      this.#running.delete(worker)
      this.#idle.push(worker)
      if ('result' in answer) job?.resolve(answer.result)
      else job?.reject(new Defect(answer.problem))
      this.#next()
    })
    // A thread that has died answers nobody any more, and the next one would die of the same.
    worker.on('error', error => this.#refuse(error))
    return worker
  }

  /** Everything that was asked for, under way or not, fails, and so does what will be. */
  #refuse(why: unknown): void {
    this.#closed ??= why
    for (const job of [...this.#running.values(), ...this.#waiting.splice(0)]) job.reject(this.#closed)
    this.#running.clear()
  }

  #next(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const worker = this.#idle.pop()
      const job = this.#waiting.shift()
      if (worker === undefined || job === undefined) return
      this.#running.set(worker, job)
      worker.postMessage(job.task)
    }
  }
}
