import type { PausedLine } from '../../core/inputs.ts'

/** Of an agent's line, as long as they pause: why. */
export const pauseVariable = 'DIALWRIGHT_PAUSED'
/** How the variable begins: a pause lasts until they resume, a breather ends by itself. */
const marks = { pause: '=', breather: '~' } as const

/** Why an agent takes no calls. */
type Mark = Omit<PausedLine, 'agentId'>

/** The variable's text: a person's words as plain letters; empty where nobody pauses. */
export function writePause({ reason, breather }: Partial<Mark>): string {
  if (reason === undefined) return ''
  return `${breather ? marks.breather : marks.pause}${Buffer.from(reason).toString('base64url')}`
}

/** Why an agent pauses, by what stands with their line. */
export function readPause(text: string): Mark {
  const reason = Buffer.from(text.slice(1), 'base64url').toString()
  return text.startsWith(marks.breather) ? { reason, breather: true } : { reason }
}
