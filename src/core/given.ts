/** The fields that are there: an object without those whose value is undefined, for types in which absent and undefined differ. */
export function given<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const present: Partial<T> = {}
  for (const key in fields) if (fields[key] !== undefined) present[key] = fields[key]
  // What is left has no undefined value.
  return present as { [Key in keyof T]?: Exclude<T[Key], undefined> }
}
