import { access, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InputError } from '../../../errors.ts'

/** Folders that a service has for itself (PrivateTmp), and that are emptied when it stops. */
const passing: readonly string[] = ['/tmp', '/var/tmp', '/dev/shm']

/**
 * Looks whether whoever asks from outside means the folder that this process sees: what left for a folder that is emptied at the
 * service's end would be lost. Without a mark beside the target, a folder for passing files is refused.
 * @throws InputError `another-folder`
 */
export async function checkPlace(target: string, mark: string | undefined): Promise<void> {
  const folder = dirname(target)
  if (mark !== undefined) {
    if (await isThere(`${target}.${mark}`)) return
    throw another(`the daemon sees another folder ${folder} than you do (PrivateTmp of its service, or a container)`)
  }
  // One that is not there is told of when the file is to be made.
  const real = await realpath(folder).catch(() => folder)
  if (passing.some(one => real === one || real.startsWith(`${one}/`)))
    throw another(`what lies below ${real} may be the service's alone, and is emptied`)
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function another(why: string): InputError {
  return new InputError('another-folder', `nothing was archived: ${why}; name a lasting folder of the daemon's`)
}
