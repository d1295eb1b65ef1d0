import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import t from 'tap'
import { createCellReader } from '../../src/import/csvCells.ts'

/** All rows of a text, or that it is broken. */
function ours(text: string): unknown {
  try {
    const reader = createCellReader({ delimiter: ',', quotes: true })
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    const rows = lines.flatMap((line, index) => {
      const row = reader.take(line, index + 1)
      return row === undefined ? [] : [{ cells: row.cells, line: index + 1 }]
    })
    reader.end()
    return rows
  } catch {
    return 'broken'
  }
}

/** The same by a parser that has read other people's files for years. */
function theirs(text: string): unknown {
  try {
    // With `info` every item is a row with the parser's place.
    const rows = parse(text, {
      info: true,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[]
    return rows.map(({ record, info }) => ({ cells: record, line: info.lines }))
  } catch {
    return 'broken'
  }
}

t.test('any text is read as csv-parse reads it, or refused as it refuses it', async t => {
  const texts = fc.sample(
    fc.string({ unit: fc.constantFrom('a', 'b ', '"', '"', ',', '\n', '\r\n', '""'), maxLength: 30 }),
    { seed: 5, numRuns: 5_000 },
  )
  let broken = 0
  for (const text of texts) {
    const expected = theirs(text)
    if (expected === 'broken') broken += 1
    // It counts CR LF between quotes as two lines.
    const lines = text.includes('\r') ? { line: undefined } : {}
    const shown = (rows: unknown): string =>
      JSON.stringify(Array.isArray(rows) ? rows.map(row => ({ ...row, ...lines })) : rows)
    if (shown(ours(text)) !== shown(expected)) t.equal(shown(ours(text)), shown(expected), JSON.stringify(text))
  }
  t.ok(broken > 500 && broken < 4_500, `${broken} of ${texts.length} are broken`)
})
