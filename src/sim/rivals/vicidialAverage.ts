import { adaptivePolicy } from './vicidialLevel.ts'

/** VICIdial's adaptive method by the average: over the day's limit the level is halved, step after step. */
export const vicidialAverage = adaptivePolicy('vicidial-average', level => level / 2)
