/**
 * Changes that nobody can notice, each looked at: another way to write the same, or a matter of speed alone. They are not
 * counted. `code` is the line, trimmed; `to` what took the place.
 * @type {readonly { file: string, code: string, to: string, why: string }[]}
 */
export const REVIEWED = []
