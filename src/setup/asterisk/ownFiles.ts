import { createHash } from 'node:crypto'
import { confName, confValue } from './confText.ts'
import type { ConfFiles } from './confTree.ts'
import type { Findings } from './findings.ts'
import type { Remembered, Shipped, Wishes } from './wishes.ts'

/** What is written to a path below the configuration's folder. */
export interface TextChange {
  readonly path: string
  /** Undefined: there is no such file. */
  readonly before: string | undefined
  /** Undefined: it goes. */
  readonly after: string | undefined
}

/** Trunks and phones are written by whoever runs the PBX: the shipped files are where they begin. */
const begunByUs: ReadonlySet<string> = new Set(['dialwright/pjsip_trunks.conf', 'dialwright/pjsip_agents.conf'])

/** Whether a file of ours is the operator's to write in. */
export function isOperators(path: string): boolean {
  return begunByUs.has(path)
}

/** The files in our own folder that are to be written. */
export function ownFileChanges(
  files: ConfFiles,
  { shipped, wishes, remembered, found }: { shipped: Shipped; wishes: Wishes; remembered: Remembered; found: Findings },
): readonly TextChange[] {
  return [...shipped.texts].flatMap(([path, text]) => {
    const before = files.read(path)
    const after = render(path, { text, wishes })
    if (before === after || (before !== undefined && isOperators(path))) return []
    if (before !== undefined && !wishes.replace && remembered.written(path) !== digest(before))
      found.refusals.push(
        `${path} is not as it was installed: somebody has changed it, or copied it by hand; --replace writes it anew and keeps a copy`,
      )
    return [{ path, before, after }]
  })
}

function render(path: string, { text, wishes }: { text: string; wishes: Wishes }): string {
  const { access } = wishes
  if (path === 'dialwright/manager.conf')
    return withLogin(text, { user: access.amiUser, secret: access.amiSecret, what: 'ami' })
  if (path === 'dialwright/ari.conf')
    return withLogin(text, { user: access.ariUser, secret: access.ariSecret, what: 'ari' })
  return text
}

function withLogin(text: string, { user, secret, what }: { user: string; secret: string; what: string }): string {
  const section = `[${confName(`nodes (${what}.user)`, user)}]`
  const value = confValue(`nodes (${what}.secret)`, secret)
  // As functions: a secret's dollar signs mean nothing.
  return text.replace('[dialwright]', () => section).replace('CHANGE-ME', () => value)
}

/** SHA-256 in hex of a text of one character a byte. */
export function digest(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex')
}
