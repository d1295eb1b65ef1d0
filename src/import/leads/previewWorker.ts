import { InputError } from '../../errors.ts'
import { createNumberReader } from '../../numbers/phone.ts'
import type { ColumnUse, LeadPreview } from '../../ports/importing/imports.ts'
import { type CsvFile, type CsvRow, openCsv } from '../csv.ts'
import { createProblemList } from '../problemList.ts'
import type { RowRemark } from '../rowRemark.ts'
import { serveImport } from '../serveImport.ts'
import { createWarningList } from '../warningList.ts'
import { type Header, readHeader } from './header.ts'
import { createRowReader, type LeadFileOptions, type LeadRow } from './leadRows.ts'

/** What a preview is started with. */
export type PreviewData = LeadFileOptions

const examplesMax = 20
const samplesMax = 3
/** What may be lacking: everything else is wrong with the file. */
const lackingCodes: ReadonlySet<string> = new Set(['no-number-column', 'unknown-column', 'no-origin'])

type Lacking = LeadPreview['lacking'][number]

serveImport<PreviewData, never, LeadPreview>(async ({ data, stream }) => {
  const warnings = createWarningList()
  const file = await openCsv(stream, remark => warnings.add(remark))
  const [head, ...rows] = await rowsIn(file)
  if (head === undefined) throw new InputError('empty-file', 'the file is empty')
  const lacking: Lacking[] = []
  const header = withLacking(lacking, () => readHeader(head.cells, data.columns)) ?? bareHeader(head, lacking)
  if (lacking.length > 0 && head.cells.some(cell => createNumberReader(data.defaultCountry)(cell).valid))
    lacking.unshift({
      code: 'no-header',
      says: 'the first line holds a number: put a line with the names of the columns before it',
    })
  const read =
    header === undefined
      ? undefined
      : (withLacking(lacking, () => createRowReader(header, data)) ??
        createRowReader(header, { ...data, withoutOrigin: true }))
  const counted = countRows(read === undefined ? [] : rows.map(read), remark => warnings.add(remark))
  return {
    delimiter: file.delimiter,
    columns: columnsOf(head, header, rows),
    rows: rows.length,
    ...counted,
    warnings: warnings.report(),
    lacking,
  }
})

/** The rows of the beginning of a file. Where its bytes end in the middle, the last one is not whole. */
async function rowsIn(file: CsvFile): Promise<readonly CsvRow[]> {
  const rows: CsvRow[] = []
  try {
    for await (const row of file.rows) rows.push(row)
  } catch (error) {
    // A quote that is open at the end is closed behind it, and a packed file goes on there.
    if (!(error instanceof InputError) || rows.length < 2) throw error
    return rows
  }
  return file.endsWithLine() || rows.length < 3 ? rows : rows.slice(0, -1)
}

function withLacking<Made>(lacking: Lacking[], make: () => Made): Made | undefined {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof InputError) || !lackingCodes.has(error.code)) throw error
    lacking.push({ code: error.code, says: error.message })
    return undefined
  }
}

/** Without the columns that were asked for, so that at least the names are shown. */
function bareHeader({ cells }: CsvRow, lacking: Lacking[]): Header | undefined {
  return lacking.some(({ code }) => code === 'unknown-column') ? withLacking([], () => readHeader(cells)) : undefined
}

function countRows(rows: readonly LeadRow[], warn: (remark: RowRemark) => void) {
  const problems = createProblemList()
  const counts = { leads: 0, invalid: 0, refused: 0 }
  const examples: LeadPreview['examples'][number][] = []
  for (const row of rows) {
    if ('reason' in row) {
      counts.invalid += 1
      problems.add(row)
    } else if ('refused' in row) counts.refused += 1
    else {
      counts.leads += row.leads.length
      for (const remark of row.warnings ?? []) warn(remark)
      for (const { number, timeZones, places = [], data } of row.leads)
        if (examples.length < examplesMax) examples.push({ line: row.line, number, timeZones, places, data })
    }
  }
  return { ...counts, examples, problems: problems.report().problems }
}

function columnsOf(head: CsvRow, header: Header | undefined, rows: readonly CsvRow[]): LeadPreview['columns'] {
  return head.cells.map((cell, index) => {
    const values = rows.map(({ cells }) => cells[index]?.trim() ?? '').filter(value => value !== '')
    return {
      name: header?.names[index] ?? cell,
      use: header === undefined ? 'data' : useOf(header, index),
      samples: [...new Set(values)].slice(0, samplesMax).map(value => value.slice(0, 60)),
    }
  })
}

const roles = [
  ...(['timeZone', 'priority', 'personId', 'origin', 'obtainedAt', 'legalBasis', 'country', 'region'] as const),
  'postcode',
] as const

function useOf(header: Header, index: number): ColumnUse {
  if (header.number === index) return 'number'
  if (header.numbers.includes(index)) return 'other-number'
  if (header.flags.some(flag => flag.index === index)) return 'refusal'
  return roles.find(role => header[role] === index) ?? 'data'
}
