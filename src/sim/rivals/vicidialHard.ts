import { adaptivePolicy } from './vicidialLevel.ts'

/** VICIdial's adaptive method with a hard limit: over the day's limit one line per agent, until the percentage is under it. */
export const vicidialHard = adaptivePolicy('vicidial-hard', () => 1)
