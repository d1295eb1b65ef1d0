/**
 * Changes that nobody can notice, each looked at: another way to write the same, or a matter of speed alone. They are not
 * counted. `code` is the line, trimmed; `to` what took the place.
 * @type {readonly { file: string, code: string, to: string, why: string }[]}
 */
export const REVIEWED = [
  {
    file: 'src/store/sqlite/queries/leads/dialableLeads.ts',
    code: 'const last = merged.length < limit ? undefined : merged.at(-1)',
    to: '<=',
    why: 'reads further than it must; the sort and the cut behind it give the same leads',
  },
  {
    file: 'src/store/sqlite/queries/leads/dialableLeads.ts',
    code: 'if (head.length >= limit || (last !== undefined && !before(lead, last))) break',
    to: '>',
    why: 'reads one lead more, which is cut off again',
  },
  {
    file: 'src/core/pacing/sums.ts',
    code: 'for (let point = 0; point < mean.length; point += 1) {',
    to: '<=',
    why: 'a write behind the end of a typed array goes nowhere',
  },
  {
    file: 'src/core/pacing/sums.ts',
    code: 'export const exactRoom = 128',
    to: '256',
    why: 'how many terms are summed exactly before the approximation: speed for accuracy, both within the same bound',
  },
  {
    file: 'src/core/pacing/window.ts',
    code: 'return expected > 0 ? expected + deviations * Math.sqrt(expected) : 0',
    to: 'true',
    why: 'of 0 the sum is 0 as well',
  },
  {
    file: 'src/core/pacing/growth.ts',
    code: 'return { tried: this.#tried, most: this.#most, stepAt: this.#stepAt ?? null }',
    to: '',
    why: 'what is undefined is left out of JSON, and what is left out is read as what is null',
  },
  {
    file: 'src/core/pacing/window.ts',
    code: 'start: this.#start ?? null,',
    to: '',
    why: 'what is undefined is left out of JSON, and what is left out is read as what is null',
  },
  {
    file: 'src/core/pacing/index.ts',
    code: 'const lawful = this.#settings.abandonmentWindows?.some(({ ruleId }) => ruleId !== undefined) ?? false',
    to: '',
    why: 'undefined is as false where it is asked',
  },
]
