/** Longer than any run. */
export const NEVER_MS = 3_600_000

/**
 * @typedef {'talks' | 'talks-until-hung-up' | 'hangs-up-early' | 'machine' | 'no-answer' | 'busy' | 'declined' | 'unavailable'
 *   | 'fails-after-ringing' | 'unknown-number' | 'answers' | 'answers-at-once' | 'rings-and-talks-shortly' | 'hangs-up-waiting' | 'answers-the-cancel'
 *   | 'early-media' | 'talks-shortly' | 'presses-9' | 'gone' | 'unwanted' | 'silent'} Behaviour
 *
 * @typedef {Readonly<Partial<Record<Behaviour, number>>>} Mix weights
 *
 * @typedef {readonly [shortestMs: number, longestMs: number]} Span
 *
 * @typedef {object} Acts what a behaviour does
 * @property {Span} [ringMs]
 * @property {Span} [talkMs]
 * @property {string} [code] the refusal's code
 * @property {'greeting'} [plays]
 * @property {boolean} [mute] it sends nothing at all
 * @property {boolean} [progress] sound before the answer
 * @property {boolean} [answersCancel]
 * @property {number} [digitAfterMs] it presses 9
 * @property {number} [tickMs] how finely its talk is timed
 */

/**
 * Every way in which a called number may behave.
 * @type {Readonly<Record<Behaviour, Acts>>}
 */
export const BEHAVIOURS = {
  talks: { ringMs: [2000, 14000], talkMs: [8000, 60000] },
  'talks-until-hung-up': { ringMs: [2000, 14000], talkMs: [NEVER_MS, NEVER_MS] },
  'hangs-up-early': { ringMs: [2000, 10000], talkMs: [300, 3000] },
  machine: { ringMs: [4000, 20000], talkMs: [20000, 40000], plays: 'greeting' },
  'no-answer': { ringMs: [NEVER_MS, NEVER_MS] },
  busy: { code: '486 Busy Here' },
  declined: { ringMs: [1000, 8000], code: '603 Decline' },
  unavailable: { code: '503 Service Unavailable' },
  'fails-after-ringing': { ringMs: [1000, 6000], code: '503 Service Unavailable' },
  'unknown-number': { code: '404 Not Found' },
  // The rest is for contract tests only.
  answers: { ringMs: [1000, 1000], talkMs: [NEVER_MS, NEVER_MS] },
  'answers-at-once': { talkMs: [NEVER_MS, NEVER_MS] },
  'hangs-up-waiting': { ringMs: [500, 500], talkMs: [800, 800], tickMs: 200 },
  'answers-the-cancel': { ringMs: [NEVER_MS, NEVER_MS], answersCancel: true, talkMs: [NEVER_MS, NEVER_MS] },
  'early-media': { progress: true, ringMs: [2000, 2000], talkMs: [NEVER_MS, NEVER_MS] },
  'talks-shortly': { ringMs: [500, 500], talkMs: [5000, 5000] },
  // No sooner than people can: at a fifth of these times a second and more after the originate.
  'rings-and-talks-shortly': { ringMs: [5500, 5500], talkMs: [5000, 5000] },
  'presses-9': { ringMs: [500, 500], talkMs: [NEVER_MS, NEVER_MS], digitAfterMs: 3000 },
  gone: { code: '410 Gone' },
  unwanted: { ringMs: [1000, 1000], code: '607 Unwanted' },
  silent: { mute: true, ringMs: [NEVER_MS, NEVER_MS] },
}

/**
 * What the last four digits of a called number make it do, when the carrier is asked to be predictable.
 * @type {Readonly<Record<string, Behaviour>>}
 */
export const BEHAVIOUR_BY_SUFFIX = {
  '0110': 'answers',
  '0111': 'busy',
  '0112': 'no-answer',
  '0113': 'unavailable',
  '0114': 'unknown-number',
  '0115': 'declined',
  '0116': 'hangs-up-waiting',
  '0117': 'answers-the-cancel',
  '0118': 'answers-at-once',
  '0119': 'early-media',
  '0120': 'fails-after-ringing',
  '0121': 'machine',
  '0122': 'talks-shortly',
  '0123': 'presses-9',
  '0124': 'silent',
  '0125': 'gone',
  '0126': 'unwanted',
}

/**
 * A mix as a carrier sees it on a cold list: a good third answers, the rest is everything else. Weights, not percent.
 * @type {Mix}
 */
export const REALISTIC_MIX = {
  talks: 22,
  'talks-until-hung-up': 8,
  'hangs-up-early': 4,
  machine: 18,
  'no-answer': 28,
  busy: 8,
  declined: 3,
  unavailable: 3,
  'fails-after-ringing': 1,
  'unknown-number': 5,
}
