import { InputError } from '../../errors.ts'
import type { Screen } from './screen.ts'

/** No password is longer. */
const bytesMax = 4_096

/**
 * A password: typed unseen and once more where there is a keyboard, else the first line of the standard input. It is never an argument:
 * those stand in lists of processes and in histories. @throws InputError
 */
export async function readPassword(terminal: Screen, whose: string): Promise<string> {
  if (!terminal.inIsTty) return firstLine(terminal)
  const password = await typed(terminal, `New password of ${whose}: `)
  if ((await typed(terminal, 'Once more: ')) === password) return password
  throw new InputError('passwords-differ', 'the two passwords differ: nothing was changed')
}

async function firstLine(terminal: Screen): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of terminal.input()) {
    text += decoder.decode(bytes, { stream: true })
    if (text.includes('\n') || text.length > bytesMax) break
  }
  const [line = ''] = text.split(/\r?\n/)
  if (line === '')
    throw new InputError('password-missing', 'no password came: write it to the standard input, one line')
  return line
}

function typed(terminal: Screen, prompt: string): Promise<string> {
  terminal.err(prompt)
  let text = ''
  return new Promise((resolve, reject) => {
    const done = terminal.onKey(keys => {
      for (const key of keys) {
        if (key === '\r' || key === '\n') {
          end()
          resolve(text)
          return
        }
        if (key === '\u0003' || key === '\u0004') {
          end()
          reject(new InputError('broken-off', 'broken off: nothing was changed'))
          return
        }
        text = key === '\u007f' || key === '\b' ? [...text].slice(0, -1).join('') : text + key
      }
    })
    const end = (): void => {
      done()
      terminal.err('\n')
    }
  })
}
