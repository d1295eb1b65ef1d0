import { adaptivePolicy } from './vicidialLevel.ts'

/** With this much of the day left, being over the limit costs nothing yet. */
const lenientHours = 10

/** VICIdial's tapered method: over the day's limit the level shrinks with the hours left, hardly early, hard toward the end. */
export const vicidialTapered = adaptivePolicy(
  'vicidial-tapered',
  (level, hoursLeft) => level * Math.min(1, hoursLeft / lenientHours),
)
