/** The same fields, to be written: for what a reader elsewhere is shown as readonly. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
