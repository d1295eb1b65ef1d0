// People who answer within 20 ms of our CANCEL, on a live Asterisk, by the daemon as it is shipped. `npm run bench:race` does
// the same 500 times.
import t from 'tap'
import { measureRace } from '../../scripts/bench/race.js'

const calls = 60

t.test('an answer that meets our hang-up is an answer: an agent, the message, or counted as abandoned', async t => {
  const { race } = (await measureRace({ calls })).entries
  t.comment(race.outcomes)
  t.strictSame(race.wrong, [])
  t.equal(race.calls, calls, 'every attempt has its call at the carrier')
  t.ok(race.answeredByCarrier > 0 && race.answeredByCarrier < calls, 'it was a race')
  // A 200 that Asterisk is still working on when our order arrives is lost inside it, now and then on a busy machine.
  t.ok(race.heardTooLate.length <= 2, 'who was not hung up on hears somebody within two seconds')
  t.ok(race.earliestCancelMs >= 15_000, 'and nobody is given up before 15 s of ringing')
})
