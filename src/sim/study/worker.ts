import { parentPort } from 'node:worker_threads'
import { Defect, errorMessage } from '../../errors.ts'
import { runTask, type Task } from './tasks.ts'

const port = parentPort
if (port === null) throw new Defect('a simulation worker is started by the pool')

port.on('message', (task: Task) => {
  runTask(task).then(
    result => port.postMessage({ result }),
    error => port.postMessage({ problem: errorMessage(error) }),
  )
})
