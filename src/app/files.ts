import { InputError } from '../errors.ts'
import type { FileStore } from '../ports/files.ts'
import type { Store } from '../ports/store.ts'

/**
 * The files of a store, for what is a matter of files.
 * @throws InputError `no-files`
 */
export function filesOf({ files }: Pick<Store, 'files'>): FileStore {
  if (files === undefined)
    throw new InputError('no-files', 'this store keeps no files: use the tools of the database server that holds it')
  return files
}
