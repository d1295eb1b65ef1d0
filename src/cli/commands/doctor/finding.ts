/** What `doctor` can find to be otherwise than it should be. */
export interface Finding {
  /** `fail`: it keeps the daemon or somebody from dialing, or people would hear nothing; `warn`: it works, and can be better. */
  readonly result: 'warn' | 'fail'
  readonly means: string
  readonly remedy: string
}
