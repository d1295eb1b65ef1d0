import { errorMessage } from '../../errors.ts'
import { openNumberSet } from '../../numberSet/read.ts'

/** Reads a list's file whole, and says how it is not as it was written; undefined: it is. */
export async function damageOf(file: string): Promise<string | undefined> {
  try {
    const numbers = await openNumberSet(file)
    try {
      await numbers.verify()
      return undefined
    } finally {
      await numbers.close()
    }
  } catch (error) {
    return errorMessage(error)
  }
}
