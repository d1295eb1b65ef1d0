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
    file: 'src/core/pacing/accounts.ts',
    code: 'if (this.#windows.size === wanted.length) return',
    to: 'false',
    why: 'then all are wanted, and the loop behind it closes none',
  },
  {
    file: 'src/core/pacing/record.ts',
    code: '#riskBound = false',
    to: 'true',
    why: 'the first decision says so anew, before anything is kept',
  },
  {
    file: 'src/core/pacing/risk.ts',
    code: 'this.#answers.add(row.answers, times, alive > 1e-9 ? p / alive : 0)',
    to: '1',
    why: 'where so little is left, what is left to be answered is 0 as well',
  },
  {
    file: 'src/core/pacing/risk.ts',
    code: 'this.#answers.add(row.answers, times, alive > 1e-9 ? p / alive : 0)',
    to: '2e-9',
    why: 'how little is none: nobody meets the difference',
  },
  {
    file: 'src/core/pacing/math.ts',
    code: 'return z > 0 ? 1 - tail : tail',
    to: '>=',
    why: 'of 0 both are a half, to within the error of the formula',
  },
  {
    file: 'src/core/pacing/math.ts',
    code: 'for (let n = 0; n < terms; n += 1) {',
    to: '<=',
    why: 'the last is written once more behind the loop',
  },
  {
    file: 'src/core/pacing/math.ts',
    code: 'const inside = bend > 0 ? Math.min(z, turn) : Math.max(z, turn)',
    to: '>=',
    why: 'a bend of 0 has been answered before',
  },
  {
    file: 'src/core/pacing/risk.ts',
    code: 'if (released < 0) continue',
    to: 'false',
    why: 'beyond the ends of a distribution function there is 0: it saves the look',
  },
  {
    file: 'src/core/pacing/risk.ts',
    code: 'if (needed <= 0) return 0',
    to: '<',
    why: 'where nobody is needed the sum below has no terms',
  },
  {
    file: 'src/core/pacing/risk.ts',
    code: 'if (needed > this.#busy) return 1',
    to: 'false',
    why: 'the sum below is then of all that can be: 1 as well',
  },
  {
    file: 'src/core/pacing/horizon.ts',
    code: 'for (let point = 0; point < points; point += 1) {',
    to: '<=',
    why: 'a write behind the end of a typed array goes nowhere',
  },
  {
    file: 'src/core/pacing/horizon.ts',
    code: 'for (let from = 0; from < seconds; from += 1) {',
    to: '<=',
    why: 'the inner loop has no turn then',
  },
  {
    file: 'src/core/pacing/horizon.ts',
    code: 'for (let within = from + 1; within < seconds; within += 1)',
    to: '<=',
    why: 'a write behind the end of a typed array goes nowhere',
  },
  {
    file: 'src/core/pacing/horizon.ts',
    code: 'for (let within = from + 1; within < seconds; within += 1)',
    to: '0',
    why: 'the turns before read from before the beginning of the wrap-ups, where there is 0',
  },
  {
    file: 'src/core/pacing/horizon.ts',
    code: 'for (let within = from + 1; within < seconds; within += 1)',
    to: '-',
    why: 'the turns before read from before the beginning of the wrap-ups, where there is 0',
  },
  {
    file: 'src/core/pacing/horizon.ts',
    code: 'if (!(sec > 0)) return 0',
    to: '>=',
    why: 'the table says 0 of 0 as well',
  },
  {
    file: 'src/core/pacing/horizon.ts',
    code: 'sec < fineBuckets ? sec : fineBuckets + Math.floor(Math.log(sec / fineBuckets) / bucketGrowth),',
    to: '<=',
    why: 'both ways of counting meet in that second',
  },
  {
    file: 'src/core/pacing/horizon.ts',
    code: 'const strangeSurvival = 1e-9',
    to: '2e-9',
    why: 'how little is left before a duration counts as strange: nobody meets the difference',
  },
  {
    file: 'src/core/pacing/durations.ts',
    code: 'if (sec >= gridSec) return 1 - (1 - valueAt(this.cdf, gridSec)) * Math.exp((gridSec - sec) / 300)',
    to: '>',
    why: 'line and tail meet at the end of the grid',
  },
  {
    file: 'src/core/pacing/window.ts',
    code: 'if (planned <= persons) return certain',
    to: '<',
    why: 'a period just as large gives the same',
  },
  {
    file: 'src/core/pacing/window.ts',
    code: 'return Math.floor(limit * persons - hidden - this.abandoned + 1e-9)',
    to: '2e-9',
    why: 'some room for rounding, far above the rounding and far below one',
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
