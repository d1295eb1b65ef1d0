import { readFileSync, writeFileSync } from 'node:fs'
import { SetupFailure } from '../lib/failure.js'

/** @import { Ended } from './container.js' */

/**
 * Says that a step went as it should, or ends with what it said.
 * @param {string} step
 * @param {Ended} ended
 * @param {RegExp} says
 */
export function expect(step, { code, output }, says) {
  if (code !== 0 || !says.test(output)) wrong(step, `exit code ${code}: ${output}`)
  say(step, 'as it should be')
}

/**
 * @param {string} step
 * @param {string} what
 * @returns {never}
 */
export function wrong(step, what) {
  throw new SetupFailure('image-wrong', `image: ${step}: ${what.trim()}`, 1)
}

/**
 * @param {string} step
 * @param {string} what
 */
export function say(step, what) {
  process.stderr.write(`image: ${step}: ${what}\n`)
}

/**
 * @param {string} file
 * @param {(text: string) => string} change
 */
export function changeText(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}
