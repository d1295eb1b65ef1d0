/** What is in the way, and what should be known; each is one line that says what to do. */
export interface Findings {
  readonly refusals: string[]
  readonly notes: string[]
}
