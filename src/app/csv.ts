/** One line of CSV by RFC 4180: quoted where needed, ended by CR LF. */
export function csvLine(fields: readonly (string | number | boolean | undefined)[]): string {
  return `${fields.map(csvField).join(',')}\r\n`
}

/**
 * Text that a spreadsheet would take for a formula is led by an apostrophe: an agent's note must not run as code on
 * the machine of whoever opens the export, nor the part of it behind a semicolon, where spreadsheets of some countries begin a
 * new cell. Numbers in E.164 keep their plus sign.
 */
function csvField(value: string | number | boolean | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value)
  const safe = /^[=@\t\r]|^[+-](?!\d+$)/.test(value) ? `'${value}` : value
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
