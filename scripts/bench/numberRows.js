// The numbers of a do-not-call list, made as they are read. As a program (`node numberRows.js full|changes COUNT ORDER`)
// it writes the rows to its output, as an upload would bring them. The numbers are never dialed.
import { once } from 'node:events'
import { argv, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'

/** @typedef {Awaited<ReturnType<typeof numberSpace>>} NumberSpace */

const PER_EXCHANGE = 10_000
const PIECE_BYTES = 64 * 1024
const ROW_BYTES = 12
/** Of a change file. */
const CHANGES = 1_000_000
/** Close to the golden section of the space, so that neighbours in time are far apart in place. */
const SCATTER = 0.618

/**
 * All numbers of the area codes and exchanges that are given out in the United States and Canada.
 * @param {number} numbers
 * @param {string} order
 */
export async function numberSpace(numbers, order) {
  const { createNumberReader } = await import('#dialwright/numbers/phone.js')
  const read = createNumberReader('US')
  /** @type {number[]} */
  const exchanges = []
  for (let area = 201; area <= 989; area += 1) {
    if (!read(`+1${area}5550100`).valid) continue
    for (let exchange = 200; exchange <= 999; exchange += 1)
      if (read(`+1${area}${exchange}0123`).valid) exchanges.push(area * 1000 + exchange)
  }
  const size = exchanges.length * PER_EXCHANGE
  if (numbers * 2 > size) throw new RangeError(`there are ${size} numbers: take at most half of them`)
  const stride = order === 'ascending' ? Math.floor(size / numbers) : coprime(Math.floor(size * SCATTER), size)
  /** @param {number} position */
  const at = position =>
    (exchanges[Math.floor(position / PER_EXCHANGE)] ?? 0) * PER_EXCHANGE + (position % PER_EXCHANGE)
  return {
    size,
    stride,
    /** @param {number} index */
    at: index =>
      at(
        Number((BigInt(index) * BigInt(stride) + (index >= numbers && order === 'ascending' ? 1n : 0n)) % BigInt(size)),
      ),
    /**
     * National numbers in turn, without the cost of the large multiplication.
     * @param {number} count
     */
    *inTurn(count) {
      for (let index = 0, position = 0; index < count; index += 1, position = (position + stride) % size)
        yield at(position)
    },
  }
}

/**
 * @param {number} start
 * @param {number} size
 */
function coprime(start, size) {
  /** @type {(one: number, other: number) => number} */
  const divisor = (one, other) => (other === 0 ? one : divisor(other, one % other))
  let candidate = start + 1 - (start % 2)
  while (divisor(candidate, size) !== 1) candidate += 2
  return candidate
}

/**
 * `202,5550100`, as the registry of the United States ships its lists.
 * @param {NumberSpace} space
 * @param {number} count
 */
function* numberRows(space, count) {
  const buffer = Buffer.alloc(PIECE_BYTES)
  let used = 0
  for (const national of space.inTurn(count)) {
    writeRow(buffer, used, national)
    used += ROW_BYTES
    if (used + ROW_BYTES <= PIECE_BYTES) continue
    yield Buffer.from(buffer.subarray(0, used))
    used = 0
  }
  yield Buffer.from(buffer.subarray(0, used))
}

/**
 * @param {Buffer} buffer
 * @param {number} from
 * @param {number} national
 */
function writeRow(buffer, from, national) {
  let rest = national
  for (let at = from + ROW_BYTES - 2; at >= from; at -= 1) {
    if (at === from + 3) continue
    const next = Math.floor(rest / 10)
    buffer[at] = 0x30 + rest - next * 10
    rest = next
  }
  buffer[from + 3] = 0x2c
  buffer[from + ROW_BYTES - 1] = 0x0a
}

/**
 * Half of the rows take a number off, half put one on.
 * @param {NumberSpace} space
 * @param {number} numbers
 */
function* changeRows(space, numbers) {
  for (let from = 0; from < CHANGES; from += 1000) {
    let text = ''
    for (let row = from; row < from + 1000; row += 1) {
      const index = (row * 7919) % numbers
      const national = String(space.at(row % 2 === 0 ? index : numbers + index))
      text += `${national.slice(0, 3)},${national.slice(3)},${row % 2 === 0 ? 'D' : 'A'}\n`
    }
    yield Buffer.from(text)
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [what, count, order = 'scattered'] = argv.slice(2)
  const space = await numberSpace(Number(count), order)
  const rows = what === 'full' ? numberRows(space, Number(count)) : changeRows(space, Number(count))
  for (const piece of rows) if (!stdout.write(piece)) await once(stdout, 'drain')
}
