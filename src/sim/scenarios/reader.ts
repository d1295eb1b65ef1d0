import { ConfigError } from '../../errors.ts'

/** Reads values out of parsed YAML or JSON, strictly: every complaint names the file and the path in it. */
export class Reader {
  readonly #value: unknown
  readonly #path: string
  readonly #source: string

  constructor(value: unknown, source: string, path = '') {
    this.#value = value
    this.#source = source
    this.#path = path
  }

  /** Refuses the value with one line that says what is wrong and where. */
  fail(problem: string): never {
    const where = this.#path === '' ? this.#source : `${this.#source}: ${this.#path}`
    throw new ConfigError('bad-scenario', `${where}: ${problem}`)
  }

  get present(): boolean {
    return this.#value !== undefined
  }

  /** The value as an object with no other keys than these. */
  object(keys: readonly string[]): Reader {
    const fields = this.#fields()
    for (const key of Object.keys(fields)) {
      if (!keys.includes(key)) this.at(key).fail(`unknown key; known here are ${keys.join(', ')}`)
    }
    return this
  }

  /** What stands under a key (or position), which may be absent. */
  at(key: string | number): Reader {
    const field = (this.#fields() as Readonly<Record<string | number, unknown>>)[key]
    const path = typeof key === 'number' ? `${this.#path}[${key}]` : this.#path === '' ? key : `${this.#path}.${key}`
    return new Reader(field, this.#source, path)
  }

  list(): readonly Reader[] {
    const { length } = Array.isArray(this.#value) ? this.#value : this.fail('must be a list')
    return Array.from({ length }, (_, index) => this.at(index))
  }

  /** A number within the bounds; `otherwise` where it is absent and may be. */
  number(
    bounds: { readonly min: number; readonly max?: number; readonly above?: boolean },
    otherwise?: number,
  ): number {
    if (this.#value === undefined && otherwise !== undefined) return otherwise
    if (typeof this.#value !== 'number' || !Number.isFinite(this.#value)) this.fail('must be a number')
    const value: number = this.#value
    const { min, max = Number.POSITIVE_INFINITY, above = false } = bounds
    if (value < min || (above && value === min)) this.fail(`is ${value}, must be ${above ? 'over' : 'at least'} ${min}`)
    if (value > max) this.fail(`is ${value}, must be at most ${max}`)
    return value
  }

  whole(bounds: { readonly min: number; readonly max?: number }, otherwise?: number): number {
    const value = this.number(bounds, otherwise)
    return Number.isInteger(value) ? value : this.fail('must be a whole number')
  }

  text(): string {
    return typeof this.#value === 'string' && this.#value !== '' ? this.#value : this.fail('must be a text')
  }

  flag(otherwise: boolean): boolean {
    if (this.#value === undefined) return otherwise
    return typeof this.#value === 'boolean' ? this.#value : this.fail('must be true or false')
  }

  /** One of these words. */
  word<const Words extends readonly string[]>(words: Words): Words[number] {
    const word: Words[number] | undefined = words.find(candidate => candidate === this.#value)
    return word ?? this.fail(`must be one of ${words.join(', ')}`)
  }

  #fields(): object {
    const value = this.#value
    return typeof value === 'object' && value !== null ? value : this.fail('must hold keys')
  }
}
