// The contract on a live Asterisk; what only a live one can show stands in test/asterisk.
import t from 'tap'
import { createLiveHarness } from '../asterisk/support/liveHarness.ts'
import { callersContract } from './callers.ts'
import { telephonyContract } from './telephony.ts'

const harness = await createLiveHarness()
t.teardown(() => harness.close())
telephonyContract(t, harness)
callersContract(t, harness)
