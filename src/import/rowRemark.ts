/** Something about a row, with the cell that it is about. */
export interface RowRemark {
  readonly line: number
  readonly reason: string
  readonly value: string
}

/** Takes what is to be told of a file beside its rows. */
export type TellRemark = (remark: RowRemark) => void

const valueMaxCharacters = 60

/** A remark on a row; long cells are cut. */
export function remark(line: number, reason: string, value: string): RowRemark {
  // Not in the middle of a character.
  return { line, reason, value: value.slice(0, valueMaxCharacters).replace(/[\ud800-\udbff]$/, '') }
}
