/** A line of a file: its number from 1 and its bytes; `undefined`: it is longer than a case can be. */
export interface FileLine {
  readonly line: number
  readonly bytes: Uint8Array | undefined
}

/** No case is longer; a file without line ends must not fill the memory. */
export const lineBytesMax = 1 << 20

const newline = 0x0a

/** Cuts bytes into lines, as many at once as a piece of the stream ends. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly FileLine[]> {
  const open = createOpenLine()
  let line = 0
  for await (const chunk of bytes) {
    const lines: FileLine[] = []
    let from = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      open.add(chunk.subarray(from, end))
      line += 1
      lines.push({ line, bytes: open.take() })
      from = end + 1
    }
    open.add(chunk.subarray(from))
    yield lines
  }
  if (!open.isEmpty()) yield [{ line: line + 1, bytes: open.take() }]
}

/** The beginning of a line whose end has not come yet. */
function createOpenLine() {
  let parts: Uint8Array[] = []
  let length = 0
  return {
    isEmpty: () => length === 0,
    add(part: Uint8Array): void {
      length += part.length
      if (length <= lineBytesMax && part.length > 0) parts.push(part)
    },
    take(): Uint8Array | undefined {
      const [first] = parts
      const whole = parts.length === 1 ? first : Buffer.concat(parts)
      const tooLong = length > lineBytesMax
      parts = []
      length = 0
      return tooLong ? undefined : whole
    },
  }
}
