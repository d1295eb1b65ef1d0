import { dirname, resolve } from 'node:path'
import type { ConfigDocument } from './configFile.ts'

/** The files in which the daemon looks for secrets, as a configuration names them. */
export function secretFilesOf({
  file,
  document,
}: {
  readonly file: string
  readonly document: Pick<ConfigDocument, 'nodes' | 'api' | 'alarms'>
}): readonly string[] {
  const { nodes, api, alarms } = document
  const named = [
    ...nodes.flatMap(({ ami, ari }) => [ami.secretFile, ari.secretFile]),
    api?.tokenFile,
    api?.tls?.keyFile,
    alarms?.webhook?.secretFile,
  ]
  return [...new Set(named.flatMap(name => (name === undefined ? [] : [resolve(dirname(file), name)])))]
}
