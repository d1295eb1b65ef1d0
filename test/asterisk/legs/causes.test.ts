import t from 'tap'
import { endCauseOf, expectedEndCauseForSipCode, sipCodesKnown } from '../../../src/asterisk/legs/causes.ts'
import { given } from '../../../src/core/given.ts'
import { endCauses } from '../../../src/core/vocabulary.ts'

const bySipCode = {
  busy: [486, 600],
  rejected: [403, 433, 603, 608],
  unwanted: [607],
  'invalid-number': [404, 410, 484, 485, 604],
  'no-answer': [408, 480, 487],
  congestion: [500, 502, 503, 504],
  failed: [401, 402, 405, 406, 407, 413, 414, 415, 416, 420, 421, 423, 481, 482, 483, 488, 606],
} as const

t.test('every final SIP code of an unanswered call has one meaning', async t => {
  for (const [cause, codes] of Object.entries(bySipCode))
    for (const sipCode of codes) {
      t.equal(expectedEndCauseForSipCode(sipCode), cause, `${sipCode}`)
      t.equal(endCauseOf({ q850: 0, sipCode, wasAnswered: false, endedByUs: false }), cause, `${sipCode}`)
    }
  t.strictSame([...sipCodesKnown].sort(), Object.values(bySipCode).flat().sort(), 'and none is left out here')
})

t.test('an unknown code follows its class', async t => {
  for (const [sipCode, cause] of [
    [302, 'failed'],
    [499, 'failed'],
    [513, 'congestion'],
    [580, 'congestion'],
    [699, 'rejected'],
  ] as const)
    t.equal(expectedEndCauseForSipCode(sipCode), cause, `${sipCode}`)
})

t.test('a code below 300 says nothing about the end', async t => {
  for (const sipCode of [100, 180, 183, 200, 202]) t.equal(expectedEndCauseForSipCode(sipCode), undefined)
})

const byQ850 = {
  'invalid-number': [1, 22, 28],
  busy: [17],
  'no-answer': [16, 18, 19, 20, 26, 31, 102],
  rejected: [21],
  congestion: [27, 34, 38, 41, 42, 44, 47],
  failed: [0, 2, 3, 29, 50, 57, 58, 63, 65, 88, 111, 127],
} as const

t.test('without a SIP code the Q.850 cause decides, and an unknown one is a failure', async t => {
  for (const [cause, causes] of Object.entries(byQ850))
    for (const q850 of causes) t.equal(endCauseOf({ q850, wasAnswered: false, endedByUs: false }), cause, `${q850}`)
})

t.test('an answered leg was hung up by somebody, whatever the cause says', async t => {
  for (let q850 = 0; q850 <= 127; q850++) {
    t.equal(endCauseOf({ q850, wasAnswered: true, endedByUs: true }), 'hung-up-by-us')
    t.equal(endCauseOf({ q850, wasAnswered: true, endedByUs: false }), 'hung-up-by-peer')
  }
})

t.test('a leg that we gave up ended by us, unless the carrier was first with an answer of its own', async t => {
  const ours = { q850: 16, wasAnswered: false, endedByUs: true }
  t.equal(endCauseOf(ours), 'hung-up-by-us')
  t.equal(endCauseOf({ ...ours, sipCode: 487 }), 'hung-up-by-us')
  t.equal(endCauseOf({ ...ours, sipCode: 486 }), 'busy')
  t.equal(endCauseOf({ ...ours, sipCode: 503 }), 'congestion')
})

t.test('every combination is one of the words', async t => {
  for (let q850 = 0; q850 <= 127; q850++)
    for (const sipCode of [undefined, 200, 302, 404, 486, 487, 503, 603, 777])
      for (const wasAnswered of [true, false])
        for (const endedByUs of [true, false]) {
          const cause = endCauseOf({ q850, ...given({ sipCode }), wasAnswered, endedByUs })
          if (!endCauses.includes(cause)) t.fail(`${cause}`)
        }
})
