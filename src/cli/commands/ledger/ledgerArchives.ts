import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { errorCode, InputError } from '../../../errors.ts'
import type { ProvedArchive } from '../../../store/archive/proof.ts'
import { readArchive } from '../../../store/archive/readArchive.ts'
import type { PlainCall } from '../../../store/archive/rows.ts'
import type { Cli } from '../../cli.ts'
import { createProgressBar } from '../../terminal/progressBar.ts'

/** Reads archives that are to be held against the ledger. @throws InputError as reading an archive does */
export async function readProved(cli: Cli, files: readonly string[]): Promise<readonly ProvedArchive[]> {
  if (files.length === 0) return []
  const total = files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0)
  const bar = createProgressBar(cli.terminal, { what: 'reading archives', total })
  try {
    const read: ProvedArchive[] = []
    for (const file of files) {
      const attempts: PlainCall[] = []
      for await (const line of readArchive(file, { onBytes: bytes => bar.add(bytes) }))
        if (line.kind === 'row' && 'attempt' in line.row) attempts.push(line.row.attempt)
      read.push({ file, sha256: await sumOf(file), attempts })
    }
    return read
  } finally {
    bar.end()
  }
}

async function sumOf(file: string): Promise<string> {
  const sum = createHash('sha256')
  try {
    for await (const piece of createReadStream(file)) sum.update(piece)
  } catch (cause) {
    throw new InputError('file-unreadable', `${file} cannot be read (${errorCode(cause)})`, { cause })
  }
  return sum.digest('hex')
}
