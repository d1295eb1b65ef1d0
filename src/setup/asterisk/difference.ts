import { createTwoFilesPatch } from 'diff'
import type { TextChange } from './ownFiles.ts'

const password = /^([ \t]*(?:secret|password|md5_cred|outbound_password)[ \t]*=>?[ \t]*)\S.*$/gim

/** A change of a file as `diff -u` shows it, passwords masked; empty for a file that comes or goes as a whole. */
export function difference(etc: string, { path, before, after }: TextChange): string {
  if (before === undefined || after === undefined) return ''
  const name = `${etc}/${path}`
  const patch = createTwoFilesPatch(name, name, shown(before), shown(after), undefined, undefined, { context: 2 })
  const hunks = patch.replace(/^=+\n/, '')
  return hunks.includes('@@') ? hunks : `${hunks}another password\n`
}

/** Texts have one character a byte here, and files are mostly UTF-8. */
function shown(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8').replace(password, '$1********')
}
