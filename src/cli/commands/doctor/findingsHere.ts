import type { Finding } from './finding.ts'

/** Findings of this machine: configuration, secrets, database, rules, lists, daemon. */
export const findingsHere = {
  'config-wrong': {
    result: 'fail',
    means: 'The configuration cannot be read, or says what cannot be: the daemon does not start with it.',
    remedy: 'correct it, then run doctor again',
  },
  'config-writable': {
    result: 'warn',
    means:
      'Everybody on this machine can change the configuration, and with it whom the daemon calls and where it sends data.',
    remedy: 'chmod o-w on the file and on its folder',
  },
  'secret-readable': {
    result: 'warn',
    means: 'Everybody on this machine can read a secret: whoever has it can steer the dialer or the PBX.',
    remedy: 'chmod 600 on the file, then give the secret another value, for it may have been read',
  },
  'secret-unchanged': {
    result: 'fail',
    means: 'A password is the one that the files are shipped with, and everybody knows it.',
    remedy:
      'write the contents of pbx.secret into manager.conf and ari.conf of the PBX, and name that file under nodes (secretFile)',
  },
  'api-no-token': {
    result: 'warn',
    means: 'Every program on this machine can steer the dialer: the API asks for no token.',
    remedy: 'set api.tokenFile',
  },
  'api-open': {
    result: 'warn',
    means:
      'The API listens beyond this machine without encryption of its own (api.plain): passwords, tokens, numbers and names go in the clear.',
    remedy: 'set api.tls, or api.host to 127.0.0.1 and put a proxy with TLS before it, or a tunnel',
  },
  'ami-plain': {
    result: 'warn',
    means: 'The log-in to the manager interface goes over a network without encryption.',
    remedy:
      'bring it through a tunnel (WireGuard, SSH, stunnel) whose end is on 127.0.0.1; where that address is the tunnel, all is well',
  },
  'ari-plain': {
    result: 'warn',
    means: "ARI's password, which can place calls, goes over a network without encryption.",
    remedy:
      'use a tunnel whose end is on 127.0.0.1, or a proxy with TLS and `url: https://...`; where that address is the tunnel, all is well',
  },
  'copies-open': {
    result: 'warn',
    means: 'Copies of SIP messages, with numbers in them, are taken from any machine that can reach this one.',
    remedy:
      'set nodes (hep.host) to 127.0.0.1 or the address of a tunnel, or let a firewall take them from the PBX alone',
  },
  'webhook-plain': {
    result: 'warn',
    means: "A campaign's webhook sends people's data over a network without encryption.",
    remedy: 'give webhook an address that begins with https://',
  },
  'caller-id-example': {
    result: 'warn',
    means:
      'A number that is shown to people is reserved for fiction: it is the one of the example, and nobody answers it.',
    remedy: 'name numbers of yours under callerIds, of the trunk or of the campaign',
  },
  'recorder-on': {
    result: 'warn',
    means: 'The flight recorder is on: its file holds whole phone numbers, grows without bound and is not rotated.',
    remedy: 'take recorder out of the configuration after the day that you wanted to see, and remove the file',
  },
  'node-old': {
    result: 'warn',
    means: 'This Node.js is older than what Dialwright is tested with.',
    remedy: 'install Node.js 20.19 or later',
  },
  'store-unwritable': {
    result: 'fail',
    means: 'The database, or its folder, cannot be written: the daemon does not start.',
    remedy: 'create the folder, or give the user of the daemon the right to write there',
  },
  'store-newer': {
    result: 'fail',
    means: 'The database was written by a newer Dialwright, and this one does not touch it.',
    remedy: 'install that version again',
  },
  'store-broken': {
    result: 'fail',
    means: 'The database cannot be opened.',
    remedy: 'restore a backup, or name another file under store.path',
  },
  'store-readable': {
    result: 'warn',
    means: 'Others on this machine can read files with personal data.',
    remedy: 'chmod go= on them; the daemon makes all files for its own user alone, so see who has changed that',
  },
  'store-of-root': {
    result: 'warn',
    means: 'The database belongs to root, so the daemon seems to run as root, which it does not need.',
    remedy: 'run the daemon as a user of its own, and give that user the files: chown USER on dialwright.db*',
  },
  'disk-low': {
    result: 'warn',
    means: 'The disk of the database is nearly full: when it is, nothing is dialed.',
    remedy: 'make room: every call is a record',
  },
  'disk-filling': {
    result: 'warn',
    means: 'The disk of the database is full within 30 days if it grows as it did lately.',
    remedy:
      'make room, or let go what is old: `dialwright archive FILE` for attempts and leads, `dialwright ledger rotate` for the ledger',
  },
  'records-old': {
    result: 'warn',
    means:
      'There are attempts that no rule asks for any more: whoever they were made to need not be kept on record for longer.',
    remedy: '`dialwright archive FILE --dry-run` says what would leave, `dialwright archive FILE` lets it go',
  },
  'list-file-missing': {
    result: 'fail',
    means: 'The file of a do-not-call list that the database names is not there: the daemon does not start without it.',
    remedy: 'put it back from the backup of the folder dialwright.db-lists that belongs to this database',
  },
  'list-damaged': {
    result: 'fail',
    means: 'The file of a do-not-call list is not as it was written: people on it may be called.',
    remedy:
      'put it back from the backup of the folder dialwright.db-lists that belongs to this database, or import the list again while the daemon runs',
  },
  'ledger-changed': {
    result: 'fail',
    means:
      'The ledger is not as the daemon wrote it: an entry was changed, removed, put in or moved, so it proves nothing from there on.',
    remedy:
      'keep the database as it is, hold a backup from before against it (`ledger verify` with a head that was kept elsewhere), and find out who could write there',
  },
  'rules-wrong': {
    result: 'fail',
    means: 'The rules cannot be read.',
    remedy: 'correct it: the daemon does not start with it',
  },
  'rule-overridden': {
    result: 'warn',
    means: 'A rule of the law is read otherwise than shipped, because somebody has signed for it.',
    remedy: 'it is in force: see that the reason still holds, or take it out of rules.overrides',
  },
  'place-without-rules': {
    result: 'warn',
    means: 'No rules cover a place where a campaign is at home: nobody is called there.',
    remedy: 'add a file of its rules to rules.folder, or name a place that has them under rules.profiles',
  },
  'laws-unread': {
    result: 'warn',
    means:
      'Nobody has read the law of some parts of a country: calls there are held to the law of the whole country alone.',
    remedy: "have it read and add a file to rules.folder, or leave these places out by the campaign's filter",
  },
  'respect-line-nameless': {
    result: 'warn',
    means: 'Whoever calls a shown number back hears no name, because the shipped prompt speaks.',
    remedy: 'record who calls, for whom and why, and name the sound in respectLine.who of each campaign',
  },
  'message-nameless': {
    result: 'warn',
    means:
      'Whom no agent can take hears the shipped message, which names nobody; the laws want the name of the seller.',
    remedy:
      "record seller's name, a phone number and the key to opt out, put it into Asterisk's sounds and name it under message",
  },
  'list-missing': {
    result: 'fail',
    means:
      'A do-not-call list that the law wants has not been imported: the campaigns that it is for call nobody there.',
    remedy:
      'get it from its registry, then `dialwright dnc import FILE --list NAME --kind national --place PLACE --as-of DAY`',
  },
  'list-too-old': {
    result: 'fail',
    means: 'A do-not-call list is older than the law allows: the campaigns that it is for call nobody there.',
    remedy:
      'get the newest from its registry, then `dialwright dnc import FILE --list NAME --kind national --place PLACE --as-of DAY`',
  },
  'list-soon-too-old': {
    result: 'warn',
    means: 'A do-not-call list will be too old within three days, and nobody is called by it then.',
    remedy: 'get the newest from its registry and import it as the last time',
  },
  'zone-data-old': {
    result: 'fail',
    means: 'The data on time zones are older than a year: people may be called at the wrong hour.',
    remedy: 'update Dialwright or Node; in a checkout: node scripts/zone-clocks.js',
  },
  'clock-behind': {
    result: 'fail',
    means:
      "This machine's clock is before the day on which its own data on time zones were published, so it is wrong: people would be called at the wrong hour.",
    remedy: 'set it by NTP (`timedatectl`), then start the daemon anew',
  },
  'retention-unknown': {
    result: 'warn',
    means: 'No rule says how long records are kept.',
    remedy: 'set one in a rule file if your law has one: `dialwright rules check`',
  },
  'agents-none': {
    result: 'warn',
    means: 'There are no agents: nobody could talk to whoever answers, so nothing is dialed.',
    remedy: 'name agents in the configuration, or add them with `dialwright agents add` when the daemon runs',
  },
  'daemon-alarm': {
    result: 'fail',
    means: 'The running daemon has an alarm, of its store or its clock; most of them keep it from dialing.',
    remedy: '`dialwright monitor` says what to do',
  },
  'daemon-unclear': {
    result: 'warn',
    means: "What answers at the API's port does not answer as the daemon of this configuration does.",
    remedy: 'see what uses the port, or set api.port',
  },
  'daemon-other-version': {
    result: 'warn',
    means: 'The daemon that runs is of another version than this program: it was not started anew after an update.',
    remedy: 'start the daemon anew when it suits: calls in talk go on',
  },
  'trunk-failing': {
    result: 'warn',
    means: 'The running daemon leaves a trunk alone because its carrier fails.',
    remedy:
      '`dialwright monitor` says why and when it is tried again; call your carrier with the SIP codes of `dialwright calls list`',
  },
  'pbx-away': {
    result: 'warn',
    means: 'The running daemon has no link to a PBX, so it dials nothing there.',
    remedy: 'see the lines of that PBX below; the daemon tries again every few seconds',
  },
} as const satisfies Readonly<Record<string, Finding>>
