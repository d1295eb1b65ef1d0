import type { EngineState } from '../../src/core/state.ts'
import { assembleDialer, type Dialer } from '../../src/dialer/dialer.ts'
import type { DialerOptions } from '../../src/dialer/options.ts'
import { Defect } from '../../src/errors.ts'
import type { EngineGateway } from '../../src/ports/engine.ts'

const states = new WeakMap<EngineGateway, EngineState>()

/** A dialer as the daemon makes it, whose engine a test may look into. */
export function createOpenDialer(options: DialerOptions): Dialer {
  const { dialer, state } = assembleDialer(options)
  states.set(dialer.gateway, state)
  return dialer
}

/** The engine's own state, for tests alone: everybody else reads copies. */
export function engineStateOf({ gateway }: Pick<Dialer, 'gateway'>): EngineState {
  const state = states.get(gateway)
  if (state === undefined) throw new Defect('this dialer was not made by createOpenDialer')
  return state
}
