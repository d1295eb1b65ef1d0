import { InputError } from '../../errors.ts'

/** So much of a file is looked at to tell what it is. */
const signatureBytes = 512

/** Whether these first bytes are enough: whoever sends a file slowly is answered at its first line. */
export function tellsWhatItIs(head: Uint8Array): boolean {
  const isArchive = head[0] === 0x50 && head[1] === 0x4b
  return head.length >= signatureBytes || (!isArchive && head.includes(0x0a))
}

const asCsv = 'save it as CSV UTF-8, and import that'

/** Files that people send instead of text, by their first bytes in Latin-1; dots stand for any byte. */
const signatures: readonly (readonly [begins: string, code: string, what: string])[] = [
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'workbook', 'an Excel workbook of the old kind (.xls)'],
  ['%PDF-', 'not-text', 'a PDF'],
  ['\x89PNG', 'not-text', 'a picture'],
  ['\xff\xd8\xff', 'not-text', 'a picture'],
  ['GIF8', 'not-text', 'a picture'],
  ['II*\0', 'not-text', 'a picture'],
  ['MM\0*', 'not-text', 'a picture'],
  ['{\\rtf', 'not-text', 'a text document (RTF)'],
  ['SQLite format 3\0', 'not-text', 'a database'],
  ['7z\xbc\xaf\x27\x1c', 'packed', 'packed in a way that is not read here (7z)'],
  ['Rar!\x1a\x07', 'packed', 'packed in a way that is not read here (rar)'],
  ['BZh', 'packed', 'packed in a way that is not read here (bzip2)'],
  ['\xfd7zXZ\0', 'packed', 'packed in a way that is not read here (xz)'],
  ['\x28\xb5\x2f\xfd', 'packed', 'packed in a way that is not read here (zstd)'],
]
/** What stands near the beginning of archives that are workbooks. */
const inWorkbooks = /\[Content_Types\]\.xml|_rels\/|xl\/|docProps\/|opendocument/
const zips = ['PK\x03\x04', 'PK\x05\x06'] as const

/**
 * Refuses what is no text, by content and whatever its name is.
 * @throws InputError `zip`, `workbook`, `packed`, `not-text`, `utf-16`, `utf-32`
 */
export function refuseForeign(head: Uint8Array): void {
  const bytes = Buffer.from(head.subarray(0, signatureBytes))
  const text = bytes.toString('latin1')
  for (const [begins, code, what] of signatures) {
    if (!text.startsWith(begins)) continue
    const todo = code === 'packed' ? 'unpack it, or pack it with gzip' : asCsv
    throw new InputError(code, `the file is ${what}: ${todo}`)
  }
  if (zips.some(zip => text.startsWith(zip))) throw zipped(text)
  if (['\xff\xfe\0\0', '\0\0\xfe\xff'].some(mark => text.startsWith(mark)))
    throw new InputError('utf-32', `the file is UTF-32: ${asCsv}`)
  if (['\xff\xfe', '\xfe\xff'].some(mark => text.startsWith(mark))) return
  if (isWideWithoutMark(bytes))
    throw new InputError('utf-16', `the file is UTF-16 without the mark that says so: ${asCsv}`)
  const controls = bytes.filter(byte => byte < 0x20 && !usualControls.includes(byte)).length
  if (controls > bytes.length * controlShareMax) throw new InputError('not-text', `the file is no text: ${asCsv}`)
}

function zipped(text: string): InputError {
  if (inWorkbooks.test(text)) return new InputError('workbook', `the file is a workbook of a spreadsheet: ${asCsv}`)
  const message =
    'the file is a zip archive: unpack it (unzip -p FILE.zip | dialwright dnc import - ...), or save a workbook as CSV'
  return new InputError('zip', message)
}

/** Tab, line ends, the end of a DOS text, escape. */
const usualControls = [0x09, 0x0a, 0x0d, 0x1a, 0x1b]
/** Of the first bytes; bought lists have single controls in their names. */
const controlShareMax = 0.3

/** Every other byte of text in UTF-16 is zero, as far as it is made of digits, delimiters and Latin letters. */
function isWideWithoutMark(bytes: Uint8Array): boolean {
  const pairs = Math.floor(bytes.length / 2)
  if (pairs < 2) return false
  let [even, odd] = [0, 0]
  for (let at = 0; at < pairs * 2; at += 1) {
    if (bytes[at] !== 0) continue
    if (at % 2 === 0) even += 1
    else odd += 1
  }
  const [most, least] = [Math.max(even, odd), Math.min(even, odd)]
  return most >= pairs * 0.4 && least <= most * 0.1
}
