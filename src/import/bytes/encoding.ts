import { isUtf8 } from 'node:buffer'
import { InputError } from '../../errors.ts'

/**
 * How a line of a file was written. `mixed`: UTF-8 with bytes that are none; `unknown`: in neither. What cannot be read stands
 * there as U+FFFD.
 */
export type LineEncoding = 'utf-8' | 'windows-1252' | 'mixed' | 'unknown'

/** A line's text. */
export interface DecodedLine {
  readonly text: string
  readonly encoding: LineEncoding
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * 0x80 to 0x9f of Windows-1252; what it does not give out stays a control. By hand: TextDecoder of Node before 22.13 takes that
 * name for Latin-1 and loses the euro and the curved quotes.
 */
const windowsOnly = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

function fromWindows(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return text.replace(/[\u0080-\u009f]/g, control => windowsOnly.charAt(control.charCodeAt(0) - 0x80))
}

/**
 * The text of a line: UTF-8, or where it is none, as spreadsheets write it on Western machines, Windows-1252, of which Latin-1 is
 * a part. Told line by line, because a list may be glued together from files of both kinds, and because one byte far down must
 * not change the letters above it.
 */
export function decodeLine(bytes: Uint8Array): DecodedLine {
  if (isUtf8(bytes)) return { text: utf8.decode(bytes), encoding: 'utf-8' }
  const asUtf8 = utf8.decode(bytes)
  const asWindows = fromWindows(bytes)
  // Letters in UTF-8 beside bytes that are none: cut in the middle of a letter, or glued.
  if (/[^\p{ASCII}\ufffd]/u.test(asUtf8)) return { text: asUtf8, encoding: 'mixed' }
  if (isImplausible(asWindows)) return { text: asUtf8, encoding: 'unknown' }
  return { text: asWindows, encoding: 'windows-1252' }
}

/** Bytes that Windows-1252 does not give out. */
const unassigned = /(?!\p{ASCII})\p{Cc}/u
/** Signs that stand in no word; other code pages have letters there. */
const signInWord = /\p{L}[¢£¤¥¦§¨©«¬®¯±²³µ¶¸¹»¼½¾×÷†‡ˆ‰‹•˜™›“”„‚¡¿]+\p{L}|(?<![\p{L}\p{N}])[£¥³¹¼¾][\p{Ll}]/u
/** Capitals that begin no small rest of a word: Mac Roman, DOS. */
const capitalInside = /\p{Ll}[ŠŽŒŸ]|Ÿ\p{Ll}/u
/** No Western word has so many accented letters in a row: Cyrillic, Greek, Hebrew, Arabic, Chinese ... */
const manyAccented = /[À-ÖØ-öø-ÿŠšŽžŒœŸƒ]{4,}/g
/** But for those who write all of theirs side by side. */
const ofOneLanguage = /^(?:[äöüßÄÖÜ]+|[åäöæøÅÄÖÆØ]+)$/

/** Whether what was read as Windows-1252 can hardly be meant. Czech or Turkish names cannot be told from Western ones. */
function isImplausible(text: string): boolean {
  if (unassigned.test(text) || signInWord.test(text) || capitalInside.test(text)) return true
  return (text.match(manyAccented) ?? []).some(run => !ofOneLanguage.test(run))
}

/** The text of bytes where nobody needs to know how they were written. */
export function decodeText(bytes: Uint8Array): string {
  return decodeLine(bytes).text
}

/** What was recognised of a file as a whole. */
export interface WideText {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Absent: it was no UTF-16. */
  readonly remark?: string
}

/**
 * UTF-16 with its mark (Excel's "Unicode text") as UTF-8; everything else as it is.
 * @throws InputError `broken-text`, while it is read
 */
export function fromUtf16(head: Uint8Array, bytes: AsyncIterable<Uint8Array>): WideText {
  const mark =
    head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : ''
  if (mark === '') return { bytes }
  return { bytes: transcoded(bytes, mark), remark: 'the file is UTF-16: it was read as that' }
}

async function* transcoded(bytes: AsyncIterable<Uint8Array>, encoding: string): AsyncIterable<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decode = (piece?: Uint8Array): Uint8Array => {
    try {
      return Buffer.from(piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true }))
    } catch (cause) {
      const message = 'the file is UTF-16 and broken or cut off: nothing was imported; save it as CSV UTF-8'
      throw new InputError('broken-text', message, { cause })
    }
  }
  for await (const piece of bytes) yield decode(piece)
  yield decode()
}
