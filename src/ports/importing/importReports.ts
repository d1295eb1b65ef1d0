/** What came of an import. */
export interface ImportSummary {
  readonly source: string
  readonly rows: number
  readonly imported: number
  readonly duplicates: number
  readonly invalid: number
}

/** What came of an import of leads. */
export interface LeadImportSummary extends ImportSummary {
  /** Name of the list; absent: `leads`. */
  readonly list?: string
}

/** A stream of bytes from a file or an upload, with what is needed to read it. */
export interface ImportRequest {
  readonly stream: AsyncIterable<Uint8Array>
  /** File name or other origin, for the record. */
  readonly source: string
  /** ISO 3166 country of numbers without a country code, `US`. */
  readonly defaultCountry: string
  /** Told now and then, with bytes read and rows so far. */
  readonly onProgress?: (progress: { readonly bytes: number; readonly rows: number }) => void
}

/** What came over and what did not, with the first problems by line number (bounded). */
export interface ImportReport extends ImportSummary {
  readonly problems: readonly { readonly line: number; readonly reason: string; readonly value: string }[]
  readonly problemsLeftOut: number
  /** What the operator should know although the rows were taken, one line each. */
  readonly warnings?: readonly string[]
  readonly durationMs: number
}
