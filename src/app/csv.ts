/** One line of CSV by RFC 4180: quoted where needed, ended by CR LF. */
export function csvLine(fields: readonly (string | number | boolean | undefined)[]): string {
  return `${fields.map(csvField).join(',')}\r\n`
}

const unshown = /(?![\t\r\n])\p{Cc}/gu

/**
 * Text that a spreadsheet would take for a formula is led by an apostrophe: an agent's note must not run as code on
 * the machine of whoever opens the export, nor the part of it behind a semicolon, where spreadsheets of some countries begin a
 * new cell. Numbers in E.164 keep their plus sign. Controls that no spreadsheet shows, and a terminal obeys, are left out.
 */
function csvField(value: string | number | boolean | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value)
  const text = value.replace(unshown, '')
  const safe = /^[=@\t\r]|^[+-](?!\d+$)/.test(text) ? `'${text}` : text
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
