import { open, rename } from 'node:fs/promises'

/** Writes a file of its owner's alone whole: whoever reads it finds the old text or the new one, a power cut in between included. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const aside = `${file}.new`
  const handle = await open(aside, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(aside, file)
}
