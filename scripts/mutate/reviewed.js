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
    file: 'src/core/pacing/coldStart.ts',
    code: 'return { beganAt: this.#beganAt ?? null, base: this.#base, over: this.#beganAt === Number.NEGATIVE_INFINITY }',
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
  {
    file: 'src/core/compliance/callingHours.ts',
    code: 'const searchDays = [2, 5, daysAheadMax]',
    to: '3',
    why: 'how far is looked first: speed alone',
  },
  {
    file: 'src/core/compliance/callingHours.ts',
    code: 'const searchDays = [2, 5, daysAheadMax]',
    to: '6',
    why: 'how far is looked next: speed alone',
  },
  {
    file: 'src/core/compliance/callingHours.ts',
    code: 'after = until',
    to: ';',
    why: 'looks again at days in which nothing was found: speed alone',
  },
  {
    file: 'src/core/compliance/callingHours.ts',
    code: 'if (at > after && at <= until) found.push(at)',
    to: '>=',
    why: 'at that instant it is closed, or it would have been found before',
  },
  {
    file: 'src/core/compliance/verdict.ts',
    code: 'if (longerMs <= 0) return { facts, rules, law, now }',
    to: '<',
    why: 'nothing is added to the latest answer',
  },
  {
    file: 'src/core/compliance/law.ts',
    code: 'prepared.set(book, made)',
    to: ';',
    why: 'made again for each question: speed alone',
  },
  {
    file: 'src/core/compliance/law.ts',
    code: 'if (found !== undefined) return found',
    to: 'false',
    why: 'made again for each question: speed alone',
  },
  {
    file: 'src/core/compliance/lawLines.ts',
    code: 'alone.set(law, lines)',
    to: ';',
    why: 'made again for each explanation: speed alone',
  },
  {
    file: 'src/core/compliance/lawLines.ts',
    code: 'if (known !== undefined) return known',
    to: 'false',
    why: 'made again for each explanation: speed alone',
  },
]
