import type { EngineState } from '../../src/core/state.ts'
import type { Dialer } from '../../src/dialer/dialer.ts'
import { EngineLoop } from '../../src/dialer/loop.ts'
import { Defect } from '../../src/errors.ts'

/** The engine's own state, for tests alone: everybody else reads copies. */
export function engineStateOf({ gateway }: Pick<Dialer, 'gateway'>): EngineState {
  if (gateway instanceof EngineLoop) return gateway.state
  throw new Defect('this gateway has no engine behind it')
}
