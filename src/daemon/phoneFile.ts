import { readFileSync } from 'node:fs'
import { replaceFile } from '../dialer/keptFile.ts'
import { diskErrorOf, errorCode, errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'
import type { KeptPhone, PhoneKeeper } from '../ports/phones.ts'

const version = 1

/**
 * Keeps phones in a file of their own beside the database, mode 600, written aside and put in its place whole: what opens a telephone
 * line is in no backup. Saves come one after another.
 */
export function keepPhonesIn(file: string, log: Pick<Log, 'warn'>): PhoneKeeper {
  return {
    load() {
      try {
        return phonesOf(JSON.parse(readFileSync(file, 'utf8')))
      } catch (error) {
        if (errorCode(error) !== 'ENOENT')
          log.warn({ file, reason: errorMessage(error) }, 'the phones that were kept cannot be read: make them anew')
        return []
      }
    },
    async save(phones) {
      try {
        await replaceFile(file, `${JSON.stringify({ version, phones })}\n`)
      } catch (error) {
        throw diskErrorOf(error, file)
      }
    },
  }
}

function phonesOf(written: unknown): readonly KeptPhone[] {
  const { phones } = membersOf(written)
  return Array.isArray(phones) ? phones.filter(isPhone) : []
}

function isPhone(value: unknown): value is KeptPhone {
  const { agentId, nodeId, name, desk, browser } = membersOf(value)
  const named = [agentId, nodeId, name].every(text => typeof text === 'string')
  return named && [desk, browser].every(part => part === undefined || typeof membersOf(part).digest === 'string')
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
