import { minuteMs, secondMs } from '../time.ts'

/** What an alarm can be about. */
export const alarmSubjects = [
  'store',
  'clock',
  'node',
  'trunk',
  'campaign',
  'list',
  'rules',
  'certificate',
  'ledger',
  'api',
  'webhook',
] as const
/** What an alarm is about, in one word. */
export type AlarmSubject = (typeof alarmSubjects)[number]

/** How grave an alarm is. `critical`: calls, records or the law suffer until somebody acts. `warning`: they will. */
export const alarmSeverities = ['critical', 'warning'] as const
/** How grave an alarm is, in one word. */
export type AlarmSeverity = (typeof alarmSeverities)[number]

/** What is known of every alarm of a kind. */
export interface AlarmKind {
  readonly what: AlarmSubject
  readonly severity: AlarmSeverity
  /** When it is raised and ended, for the documents. */
  readonly raised: string
  readonly ended: string
  /** What to do, in one line. */
  readonly todo: string
  /** It must hold for so long before it is raised, and be gone for so long before it is ended: milliseconds. */
  readonly holdMs: number
  readonly restMs: number
}

const atOnce = { holdMs: 0, restMs: 0 }
const ofTheStore = { what: 'store', severity: 'critical', ...atOnce, ended: 'the store can be written' } as const
/** What comes with another trouble, and for a moment when that has gone. */
const besideTheTrue = { holdMs: 2 * secondMs, restMs: 5 * secondMs }
/** What is looked at every few minutes: a start must not end what its first look finds again. */
const lookedAt = { holdMs: 0, restMs: 5 * minuteMs }

/** Every alarm there is, by its code, with what to do about it: the one place where that stands. */
export const alarmKinds = {
  'disk-full': {
    ...ofTheStore,
    raised: 'the disk that holds the database is full',
    ended: 'there is room for the reserve and as much beside it',
    todo: 'free some space on the disk that holds the database; dialing goes on by itself',
  },
  'disk-error': {
    ...ofTheStore,
    raised: 'the disk that holds the database fails',
    todo: 'look at the system log (dmesg); move the database to another disk, or restore a backup',
  },
  'disk-stalled': {
    ...ofTheStore,
    raised: 'a write has not been answered for some seconds',
    todo: 'look at the system log (dmesg) for the disk that holds the database',
  },
  'read-only': {
    ...ofTheStore,
    raised: 'the database cannot be written',
    todo: 'give the daemon write access to the database and its folder, or mount the disk for writing',
  },
  'in-use': {
    ...ofTheStore,
    raised: 'another program has locked the database',
    todo: 'close the other program that has the database open',
  },
  damaged: {
    ...ofTheStore,
    raised: 'the database is damaged',
    todo: 'stop the daemon and put a backup in the place of the database',
  },
  'database-gone': {
    ...ofTheStore,
    raised: 'the database was removed under the daemon',
    ended: 'never: the daemon has to be started anew',
    todo: 'stop the daemon, put the rescued copy (or a backup) in its place, remove -wal and -shm, start',
  },
  'database-replaced': {
    ...ofTheStore,
    raised: 'the database was exchanged or cut under the daemon',
    ended: 'never: the daemon has to be started anew',
    todo: 'stop the daemon, put the rescued copy (or a backup) in its place, remove -wal and -shm, start',
  },
  'log-gone': {
    ...ofTheStore,
    raised: 'the log of the database (-wal) was removed under the daemon',
    ended: 'never: the daemon has to be started anew',
    todo: 'start the daemon anew; nothing is lost',
  },
  'records-wait': {
    ...ofTheStore,
    ...besideTheTrue,
    raised: 'records of calls have waited for the store for 2 s',
    ended: 'none has waited for 5 s',
    todo: 'look at the log for why the store refuses; records are kept and tried again every second',
  },
  'attempt-refused': {
    ...ofTheStore,
    ...besideTheTrue,
    raised: 'the store has refused attempts for 2 s',
    ended: 'writes have gone through for 5 s',
    todo: 'look at the log for why the store refuses; it is tried again twice a second',
  },
  'store-failed': {
    ...ofTheStore,
    raised: 'the store cannot be written for another reason',
    todo: 'look at the log, and run `dialwright doctor`',
  },
  'restore-unconfirmed': {
    ...ofTheStore,
    raised: 'the database came from a backup, and nobody has confirmed it',
    ended: 'somebody has confirmed it',
    todo: 'read what may be missing (`dialwright dialing show`), then `dialwright dialing confirm --by NAME`',
  },
  'journal-unwritable': {
    ...ofTheStore,
    raised: 'refusals cannot be written to the journal beside the database',
    ended: 'they are in the journal',
    todo: 'make room on the disk of `journal.path`, and let the user of the daemon write there; refusals bind meanwhile',
  },
  'disk-low': {
    what: 'store',
    severity: 'warning',
    ...lookedAt,
    raised: 'less than `diskFreeMinMb` (1024) is free on the disk that holds the database',
    ended: 'a tenth more than that has been free for 5 min',
    todo: 'free some space before dialing stops: old logs and backups, or `dialwright ledger rotate`',
  },
  'clock-jumped': {
    what: 'clock',
    severity: 'critical',
    ...atOnce,
    raised: 'the clock has jumped by more than a minute',
    ended: 'it is back, or has held for a minute',
    todo: 'see that the machine keeps its time by NTP (`timedatectl`); dialing goes on by itself',
  },
  'clock-ahead': {
    what: 'clock',
    severity: 'warning',
    ...atOnce,
    raised: 'the clock has stepped back: records stay ahead of it',
    ended: 'the clock has caught up, or the daemon was started anew',
    todo: 'start the daemon anew when it suits',
  },
  'node-down': {
    what: 'node',
    severity: 'critical',
    holdMs: 20 * secondMs,
    restMs: 20 * secondMs,
    raised: 'a PBX has not been reachable for 20 s',
    ended: 'it has been up for 20 s',
    todo: 'see that Asterisk runs and that AMI and ARI answer: `dialwright doctor` says which does not',
  },
  'node-breaker': {
    what: 'node',
    severity: 'critical',
    holdMs: 0,
    restMs: minuteMs,
    raised: 'the breaker of a PBX opens',
    ended: 'it has been closed for a minute',
    todo: 'look at the load of the PBX and at its log; `dialwright monitor` shows the board',
  },
  'application-taken': {
    what: 'node',
    severity: 'critical',
    holdMs: 0,
    restMs: 2 * minuteMs,
    raised: 'another program has taken our ARI application, or another daemon drives the PBX',
    ended: 'the PBX has been ours for 2 min',
    todo: 'stop the other daemon (or program) that uses the ARI application `dialwright` on this PBX',
  },
  'trunk-failing': {
    what: 'trunk',
    severity: 'critical',
    holdMs: 0,
    restMs: minuteMs,
    raised: 'the breaker of a trunk opens because its carrier fails',
    ended: 'it has been closed for a minute',
    todo: 'call the carrier with the SIP codes of `dialwright calls list`; it is tried with one call at a time',
  },
  'short-calls': {
    what: 'trunk',
    severity: 'critical',
    holdMs: 0,
    restMs: minuteMs,
    raised: 'the breaker of a trunk opens because too many answered calls are short',
    ended: 'it has been closed for a minute',
    todo: 'listen to some calls, see that answers are people, and show another caller identity before the carrier ends the contract',
  },
  'no-agents': {
    what: 'campaign',
    severity: 'critical',
    holdMs: 2 * minuteMs,
    restMs: 10 * secondMs,
    raised: 'a campaign runs, has leads that may be dialed now, and nobody has been logged in for `noAgentsAfter` (2m)',
    ended: 'somebody has been logged in for 10 s, nothing may be dialed, or it does not run',
    todo: 'log somebody in (`dialwright agents login`), or pause the campaign',
  },
  'no-leads': {
    what: 'campaign',
    severity: 'warning',
    holdMs: 2 * minuteMs,
    restMs: minuteMs,
    raised: 'agents are at work and for 2 min no lead could be dialed',
    ended: 'leads have been dialed for a minute, nobody is at work, or it does not run',
    todo: '`dialwright campaign explain` says why; import leads, recycle some, or give the agents another campaign',
  },
  'list-running-out': {
    what: 'campaign',
    severity: 'warning',
    holdMs: minuteMs,
    restMs: 5 * minuteMs,
    raised: 'at the rate of the last 10 min all leads will have been dialed within `listLeft` (30m)',
    ended: 'there have been leads for a fifth longer for 5 min, or it does not run',
    todo: 'import leads (`dialwright leads import`), or recycle finished ones (`dialwright leads recycle`)',
  },
  'budget-nearly-spent': {
    what: 'campaign',
    severity: 'warning',
    holdMs: 2 * minuteMs,
    restMs: 5 * minuteMs,
    raised:
      'of the abandonments that the tightest window permits (10 or more) the share `budgetUsedRatio` (0.8) is used, or half of what the target leaves up to the stop, where that is more',
    ended: 'the share has been lower for 5 min, or nobody is at work',
    todo: 'lower the target or the intensity (`dialwright pacing set`), or log more agents in',
  },
  'legal-stop': {
    what: 'campaign',
    severity: 'warning',
    holdMs: minuteMs,
    restMs: 5 * minuteMs,
    raised: "abandonment has been at the law's limit for a minute: one call per free agent",
    ended: 'dialing has been ahead again for 5 min',
    todo: 'look for why people were abandoned (`dialwright report abandonment`): agents who left, slow joins; it falls by itself with answers',
  },
  'list-missing': {
    what: 'list',
    severity: 'critical',
    ...lookedAt,
    raised: 'a do-not-call list that the law of a running campaign wants has not been imported',
    ended: 'it has been there for 5 min, or no campaign that runs wants it',
    todo: 'import it: `dialwright dnc import FILE --list NAME --kind national --place PLACE --as-of DAY`',
  },
  'list-too-old': {
    what: 'list',
    severity: 'critical',
    ...lookedAt,
    raised: 'a do-not-call list is older than the law of a running campaign permits: calls are refused',
    ended: 'a newer one has been there for 5 min, or no campaign that runs wants it',
    todo: 'fetch the newest list from its registry and import it: `dialwright dnc import`',
  },
  'list-ageing': {
    what: 'list',
    severity: 'warning',
    ...lookedAt,
    raised: 'a do-not-call list will be too old within 3 days',
    ended: 'a newer one has been there for 5 min, or no campaign that runs wants it',
    todo: 'fetch the newest list from its registry and import it: `dialwright dnc import`',
  },
  'zone-data-old': {
    what: 'rules',
    severity: 'warning',
    ...lookedAt,
    raised: 'the data of time zones were published more than 12 months ago',
    ended: 'newer ones are in use',
    todo: 'update Dialwright or Node: governments change clocks at a few weeks’ notice',
  },
  'rules-old': {
    what: 'rules',
    severity: 'warning',
    ...lookedAt,
    raised: 'no line of the rules in force has been read again within 12 months',
    ended: 'newer ones are in use',
    todo: 'update Dialwright, or have the laws read again and put your own files into rules.folder',
  },
  'certificate-expiring': {
    what: 'certificate',
    severity: 'warning',
    ...lookedAt,
    raised: 'the certificate of an https address of the configuration ends within `certificateMinDays` (14)',
    ended: 'a newer one is shown',
    todo: 'renew the certificate of that address',
  },
  'certificate-bad': {
    what: 'certificate',
    severity: 'critical',
    ...lookedAt,
    raised: 'the certificate of an https address of the configuration has ended, or is not trusted',
    ended: 'one that is good is shown',
    todo: 'put a certificate there that is valid and that Node trusts (NODE_EXTRA_CA_CERTS for your own authority)',
  },
  'ledger-broken': {
    what: 'ledger',
    severity: 'critical',
    ...lookedAt,
    raised: 'the newest entries of the ledger do not follow from each other, or one that was there has changed',
    ended: 'the newest entries follow from each other, for 5 min',
    todo: 'run `dialwright ledger verify`, keep a copy of the database, and find out who has written to it',
  },
  'tokens-guessed': {
    what: 'api',
    severity: 'warning',
    holdMs: 0,
    restMs: 15 * minuteMs,
    raised: 'one address has sent 20 wrong tokens to the API within 15 min',
    ended: 'there have been none for 15 min',
    todo: 'the log has the address: put its program right, or keep it from the API by a firewall',
  },
  'webhook-failing': {
    what: 'webhook',
    severity: 'warning',
    ...atOnce,
    raised: 'the receiver of alarms has refused one, or failed 3 times in a row; it is not sent there',
    ended: 'the receiver has taken one',
    todo: 'see that the receiver runs and knows the secret, then `dialwright alarms test`',
  },
} as const satisfies Readonly<Record<string, AlarmKind>>

/** The name of an alarm. */
export type AlarmCode = keyof typeof alarmKinds

/** Every code, in the order of the table. */
// The table's own keys and no others.
export const alarmCodes = Object.keys(alarmKinds) as readonly AlarmCode[]

/** Whether a word is the code of an alarm. */
export function isAlarmCode(code: string): code is AlarmCode {
  return Object.hasOwn(alarmKinds, code)
}

/** What is known of a kind. */
export function alarmKind(code: AlarmCode): AlarmKind {
  return alarmKinds[code]
}
