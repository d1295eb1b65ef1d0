// The live board: redrawn in place in a terminal, a plain line every few seconds without one.
/** @typedef {Parameters<typeof import('#dialwright/cli/terminal/board.js').renderBoard>[0]} Status what /v1/status answers */

const REDRAW_MS = 500
const LINE_MS = 5_000
const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const HOME_AND_CLEAR = '\u001b[H\u001b[J'

/**
 * Shows the board of the daemon until it is closed, with lines of its own below.
 * @param {import('../lib/api.js').Api} api
 * @param {{ footer?: readonly string[], out?: NodeJS.WriteStream }} [options]
 */
export async function showBoard(api, { footer = [], out = process.stdout } = {}) {
  const { plainLine, renderBoard } = await import('#dialwright/cli/terminal/board.js')
  const terminal = out.isTTY === true
  const colour = terminal && process.env.NO_COLOR === undefined
  if (terminal) out.write(HIDE_CURSOR)
  const onExit = () => terminal && out.write(SHOW_CURSOR)
  process.once('exit', onExit)
  if (!terminal && footer.length > 0) out.write(`${footer.join('\n')}\n`)

  async function draw() {
    /** @type {Status} */
    const status = await api.get('/v1/status')
    const [campaign] = status.campaigns
    if (!terminal && campaign !== undefined) out.write(`${plainLine(campaign, status.at)}\n`)
    else if (terminal) {
      const height = (out.rows ?? 24) - 2 - footer.length
      const board = renderBoard(status, { width: out.columns ?? 80, height, colour })
      out.write(`${HOME_AND_CLEAR}${[board, ...footer].join('\n')}\n`)
    }
  }

  const timer = setInterval(() => void draw().catch(() => {}), terminal ? REDRAW_MS : LINE_MS)
  return {
    close() {
      clearInterval(timer)
      process.off('exit', onExit)
      onExit()
    },
  }
}
