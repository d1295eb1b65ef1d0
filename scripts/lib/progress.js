const BAR_WIDTH = 28

/** @typedef {{ step(text?: string): void, done(): void, fail(): void }} Bar */

/**
 * One line of progress: a bar that redraws itself on a terminal, and one line at the start and at the end elsewhere.
 * @param {string} label
 * @param {number} stepsExpected
 * @returns {Bar}
 */
export function progress(label, stepsExpected) {
  const startedAt = Date.now()
  const terminal = process.stderr.isTTY
  let steps = 0
  if (!terminal) process.stderr.write(`${label} ...\n`)
  /** @param {number} ratio */
  const draw = ratio => terminal && process.stderr.write(`\r\x1b[K${label} ${bar(ratio)}`)
  /** @param {string} word */
  const end = word => {
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(0)
    process.stderr.write(`${terminal ? '\r\x1b[K' : ''}${label}: ${word} (${seconds} s)\n`)
  }
  draw(0)
  return {
    // The number of steps is an estimate from an earlier run, so the bar stops just short of full until it is done.
    step: () => draw(Math.min(++steps / stepsExpected, 0.99)),
    done: () => end('done'),
    fail: () => end('failed'),
  }
}

const REDRAW_MS = 1_000
const SAY_EVERY_MS = 30_000

/**
 * Progress of what tells nothing of itself: by the time that it took elsewhere. Without a terminal a line every half minute says that
 * it still goes on.
 * @param {string} label
 * @param {number} secondsExpected
 * @returns {Pick<Bar, 'done' | 'fail'>}
 */
export function progressByTime(label, secondsExpected) {
  const { step, done, fail } = progress(label, (secondsExpected * 1000) / REDRAW_MS)
  const startedAt = Date.now()
  const said = () => process.stderr.write(`${label}: still at it (${Math.round((Date.now() - startedAt) / 1000)} s)\n`)
  const timer = process.stderr.isTTY ? setInterval(step, REDRAW_MS) : setInterval(said, SAY_EVERY_MS)
  const ending = (/** @type {() => void} */ end) => () => {
    clearInterval(timer)
    end()
  }
  return { done: ending(done), fail: ending(fail) }
}

/** @param {number} ratio */
function bar(ratio) {
  const full = Math.round(ratio * BAR_WIDTH)
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${String(Math.floor(ratio * 100)).padStart(3)} %`
}
