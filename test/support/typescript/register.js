// Lets Node 20 read TypeScript, in the tests and in the worker threads that they start. `.taprc` names this file.
import { register, syncBuiltinESMExports } from 'node:module'
import workers from 'node:worker_threads'

register('./hooks.js', import.meta.url)

// A thread inherits what the process was started with, and tap starts it with hooks that count coverage: 130 ms of work a thread.
class Worker extends workers.Worker {
  /**
   * @param {string | URL} file
   * @param {import('node:worker_threads').WorkerOptions} [options]
   */
  constructor(file, options) {
    super(file, { execArgv: [`--import=${import.meta.url}`], ...options })
  }
}
workers.Worker = Worker
syncBuiltinESMExports()
