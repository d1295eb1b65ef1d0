import type { Clock } from '../../ports/clock.ts'
import type { AmiConnection } from '../ami/connection.ts'

/** What is wrong with one way to the PBX, and the next step. */
export interface LinkFault {
  readonly code: string
  readonly says: string
  readonly todo: string
}

/** AMI, logged in, or what keeps us out. */
export type AmiOutcome =
  | { readonly connection: AmiConnection; readonly fault?: undefined }
  | { readonly connection?: undefined; readonly fault: LinkFault }

/** ARI's REST interface. */
export interface AriReader {
  /** The JSON of a path, or the status of a refusal. */
  get(path: string): Promise<{ readonly body: unknown } | { readonly status: number }>
  send(method: 'POST' | 'PUT' | 'DELETE', path: string): Promise<number>
}

/** ARI, which knows us, with the PBX's clock (ms) and when we asked; or what keeps us out. */
export type AriOutcome =
  | { readonly reader: AriReader; readonly pbxAt: number; readonly fault?: undefined }
  | { readonly reader?: undefined; readonly fault: LinkFault }

/** What a diagnosis needs beside the addresses. */
export interface DiagnosisParts {
  readonly clock: Clock
}
