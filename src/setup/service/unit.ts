import { InputError } from '../../errors.ts'

/** The system user that the daemon runs as, and the name of its folder below /var/lib. */
export const serviceUser = 'dialwright'
/** Where the daemon may write. */
export const stateFolder = `/var/lib/${serviceUser}`

/** Makes the user at the installation and, in an image, at the first boot (sysusers.d(5)). */
export const sysusersText = `# The user of the Dialwright daemon. It owns ${stateFolder} and can log in nowhere.
u ${serviceUser} - "Dialwright predictive dialer" ${stateFolder}
`

/** What the unit starts. Paths are absolute. */
export interface UnitOrder {
  readonly node: string
  readonly launcher: string
  readonly config: string
  /** Where the daemon writes beside the state folder: folders that must be there. */
  readonly writable: readonly string[]
}

/**
 * The unit file. `systemd-analyze security --offline=yes` says 1.7 of it (2.0 and below is asked for): what is left is mostly the
 * network, and memory that is written and run, which V8 needs.
 */
export function unitText(order: UnitOrder): string {
  const program = `${unitWord(order.node)} ${unitWord(order.launcher)} --config ${unitWord(order.config)}`
  return `# Written by \`dialwright service install\`. Settings of your own belong into a drop-in: systemctl edit dialwright
[Unit]
Description=Dialwright predictive dialer
Documentation=file:${unitPath(order.launcher.replace(/bin\/[^/]*$/, 'README.md'))}
Wants=network-online.target
After=network-online.target asterisk.service
StartLimitIntervalSec=0

[Service]
Type=notify
# The daemon tells by systemd-notify, which is a process of its own.
NotifyAccess=all
ExecStart=${program} serve --hand-over
# What needs a restart is said, in the journal: the rest counts, so the reload has not failed.
ExecReload=${program} reload --restart-later
# Phones that ring are waited for; whoever talks goes on talking on the PBX, and the next start takes them up.
ExecStop=-${program} drain --hand-over --deadline 25s
Restart=on-failure
RestartSec=2s
# A large database is brought to a new version before the daemon is ready.
TimeoutStartSec=5min
# Phones that ring have 25 s of it.
TimeoutStopSec=45s
KillMode=mixed
# Fed while the event loop turns and the store's writer answers.
WatchdogSec=2min

User=${serviceUser}
Group=${serviceUser}
StateDirectory=${serviceUser}
StateDirectoryMode=0700
WorkingDirectory=${stateFolder}
${order.writable.map(folder => `ReadWritePaths=${quoted(unitPath(folder))}\n`).join('')}UMask=0077
LimitNOFILE=65536
Environment=NODE_ENV=production
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
# No ProtectProc: whether another daemon on this machine has ended is seen in /proc.
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
# Imports and counts step behind the dialing.
SystemCallFilter=setpriority
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`
}

/** A word of a command line in a unit (systemd.service(5), "Command lines"). @throws InputError `not-writable` */
function unitWord(path: string): string {
  return quoted(unitPath(path).replaceAll('$', '$$$$'))
}

/** One word, whatever is in it (systemd.syntax(7), "Quoting"). */
function quoted(text: string): string {
  if (/^[\w./%-]+$/.test(text)) return text
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** A path with the signs that mean something in every unit's line made harmless. @throws InputError `not-writable` */
function unitPath(path: string): string {
  if (/^\/[\x20-\x7e]+$/.test(path)) return path.replaceAll('%', '%%')
  throw new InputError('not-writable', 'the paths of Node, of the program and of the configuration must be plain ASCII')
}
