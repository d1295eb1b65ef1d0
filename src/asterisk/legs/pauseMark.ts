/** Of an agent's line, as long as they pause: why. */
export const pauseVariable = 'DIALWRIGHT_PAUSED'

/** The variable's text: a person's words as plain letters; empty where nobody pauses. */
export function writePause(reason: string | undefined): string {
  return reason === undefined ? '' : `=${Buffer.from(reason).toString('base64url')}`
}

/** Why an agent pauses, by what stands with their line. */
export function readPause(text: string): string {
  return Buffer.from(text.slice(1), 'base64url').toString()
}
