import { resolve } from 'node:path'
import { given } from '../core/given.ts'
import type { Config, ConfigDocument } from './configFile.ts'

/** Files that are written where the configuration names them, from its folder. */
export function filesConfig({
  document,
  folder,
}: {
  readonly document: Pick<ConfigDocument, 'recorder' | 'journal'>
  readonly folder: string
}): Pick<Config, 'recorder' | 'journal'> {
  const placed = (file: { readonly path: string } | undefined) => file && { path: resolve(folder, file.path) }
  return given({ recorder: placed(document.recorder), journal: placed(document.journal) })
}
