import type { AgentId, CallId, InstantMs } from '../../core/ids.ts'

/**
 * An agent's line.
 *
 *     (callAgent) calling --StasisStart--> entering --in the idle bridge--> up <--> up with a call
 *                                                                            |
 *                                     StasisEnd, release: ending  <----------+
 */
export interface AgentLeg {
  readonly agentId: AgentId
  readonly channelId: string
  readonly by: 'agent' | 'engine'
  /** Where they talk: made when they come onto the line, and anew under another name when it is broken. */
  bridgeId: string
  state: 'calling' | 'entering' | 'up' | 'ending'
  /** Whom the agent talks to, or is about to. */
  callId: CallId | undefined
  /** In the bridge of the idle, as far as we have ordered. */
  hearsMusic: boolean
  /** What the RTP counters were when last asked, and whether the phone's had moved. */
  packets: Packets | undefined
  /** Packets a millisecond of the phone, as last measured over a second or more. */
  pace: number | undefined
  isFlowing: boolean | undefined
  endedByUs: boolean
  /** When the last key was pressed, on the PBX's clock. */
  lastKeyAt: number | undefined
}

/** RTP packets of a line so far, at an instant. */
export interface Packets {
  readonly received: number
  readonly sent: number
  readonly at: InstantMs
}

/** An agent's line as found on the PBX. */
export interface AgentLine {
  readonly agentId: AgentId
  readonly channelId: string
  readonly state: 'calling' | 'up'
  readonly callId: CallId | undefined
  /** Their talking bridge, where there is one. */
  readonly bridgeId?: string
}

/** A line that has just been called, or has just come. */
export function newLine(line: Pick<AgentLeg, 'agentId' | 'channelId' | 'by' | 'bridgeId'>): AgentLeg {
  return {
    ...line,
    state: line.by === 'engine' ? 'calling' : 'entering',
    callId: undefined,
    hearsMusic: false,
    packets: undefined,
    pace: undefined,
    isFlowing: undefined,
    endedByUs: false,
    lastKeyAt: undefined,
  }
}
