import type { ChildProcess } from 'node:child_process'

export class SetupFailure extends Error {
  readonly code: string
  readonly exitCode: number
  constructor(code: string, message: string, exitCode?: number)
}
export const SANDBOX_UNAVAILABLE: 69

export function sandboxRoot(): string
export function asteriskCommand(command: string, root?: string): Promise<string>
export function asteriskLog(root?: string): string
export function asteriskPid(root?: string): number | undefined
export function startAsterisk(root?: string): Promise<ChildProcess>
export function stopAsterisk(root?: string): Promise<void>
export function killAsterisk(signal?: NodeJS.Signals, root?: string): Promise<void>
export function restartAsterisk(root?: string): Promise<ChildProcess>

export type Behaviour =
  | 'talks'
  | 'talks-until-hung-up'
  | 'hangs-up-early'
  | 'machine'
  | 'no-answer'
  | 'busy'
  | 'declined'
  | 'unavailable'
  | 'fails-after-ringing'
  | 'unknown-number'
  | 'answers'
  | 'answers-at-once'
  | 'hangs-up-waiting'
  | 'answers-the-cancel'
  | 'early-media'
  | 'talks-shortly'
  | 'presses-9'
  | 'gone'
  | 'unwanted'
  | 'silent'
export const BEHAVIOURS: Readonly<Record<Behaviour, object>>
export const BEHAVIOUR_BY_SUFFIX: Readonly<Record<string, Behaviour>>
export const REALISTIC_MIX: Readonly<Partial<Record<Behaviour, number>>>

/** One call as the carrier saw it; instants in epoch ms; what did not happen is absent. */
export interface CarrierCall {
  readonly sipCallId: string
  readonly calledNumber: string
  readonly callerNumber?: string
  readonly behaviour?: Behaviour
  readonly inviteAt: number
  readonly ringingAt?: number
  readonly cancelledAt?: number
  readonly finalCode?: number
  readonly answeredAt?: number
  readonly endedAt?: number
  readonly byeFrom?: 'carrier' | 'dialer'
  /** The dialer's audio port of this call: the key in an RtpWitness's `legs`. */
  readonly rtpPort?: number
}
export interface CarrierStatistics {
  readonly invites: number
  readonly answered: number
  /** Final codes; `none` counts calls without one. */
  readonly bySipCode: Readonly<Record<string, number>>
  readonly calls: readonly CarrierCall[]
}
export function carrierStatistics(messageLog: string): Promise<CarrierStatistics>
export interface Carrier {
  readonly messageLog: string
  statistics(): Promise<CarrierStatistics>
  stop(): Promise<void>
}
export function startCarrier(options: {
  folder: string
  mix?: Readonly<Partial<Record<Behaviour, number>>>
  bySuffix?: boolean
  timeScale?: number
  rtpPort?: number
  address?: string
}): Promise<Carrier>

export interface RtpLeg {
  readonly firstPacketAt: number
  readonly firstAudibleAt?: number
  readonly lastPacketAt: number
  readonly packets: number
  readonly audiblePackets: number
}
export function startRtpWitness(options?: { port?: number; host?: string; echo?: boolean }): Promise<{
  readonly port: number
  readonly legs: ReadonlyMap<number, RtpLeg>
  close(): Promise<void>
}>

export interface PhoneOptions {
  folder: string
  agents: readonly string[]
  secret?: string
  port?: number
  hangsUpAfterMs?: number
  rtpStopsAfterMs?: number
  digits?: readonly { afterMs: number; digit: string }[]
  rtpPort?: number
}
export function sandboxAgents(count: number): string[]
export function startSoftphones(
  options: PhoneOptions & { answerAfterMs?: number; rejects?: string },
): Promise<{ stop(): Promise<void> }>
export function dialIn(
  options: PhoneOptions & { exten?: string },
): Promise<{ readonly exited: Promise<number>; stop(): Promise<void> }>

export const SETTINGS: Readonly<{
  hostName: string
  ami: string
  ari: string
  sip: string
  carrier: string
  user: string
  firstAgent: number
  agents: number
}>
export function assertSandboxPossible(): void
export function sandboxInstalled(): boolean
export function installSandbox(): Promise<void>
export function runInSandbox(
  command: readonly string[],
  options?: { env?: Readonly<Record<string, string>>; onLine?: (line: string) => void },
): Promise<number>
export function progress(label: string, stepsExpected: number): { step(): void; done(): void; fail(): void }

/** The product's daemon beside the sandbox's Asterisk. */
export interface Daemon {
  readonly url: string
  readonly token: string
  readonly pid: number
  readonly logFile: string
  /** The configuration file it runs on. */
  readonly config: string
  kill(signal: NodeJS.Signals): Promise<void>
  stop(): Promise<void>
}
export function startDaemon(options: {
  folder: string
  agents: readonly string[]
  trunk?: Readonly<Record<string, unknown>>
  more?: Readonly<Record<string, unknown>>
}): Promise<Daemon>

/** Asks the daemon's API; a refusal throws its one line. The caller knows the answer's shape. */
export interface Api {
  get<Answer>(path: string): Promise<Answer>
  put<Answer>(path: string, body?: unknown): Promise<Answer>
  post<Answer>(path: string, body?: unknown): Promise<Answer>
  upload<Answer>(path: string, text: string, type: string): Promise<Answer>
  events(onEvent: (event: { readonly kind: string }) => void, signal: AbortSignal): Promise<void>
}
export function createApi(at: { readonly url: string; readonly token: string }): Api
/** Attempts and carrier's calls that do not agree, in words. */
export function mismatchesOf(
  calls: readonly { callId: string; number: string; sipCallId?: string; disposition?: string }[],
  carrierCalls: readonly CarrierCall[],
): string[]
