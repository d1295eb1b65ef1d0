import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify as verifySignature,
} from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { ConfigError, errorCode, InputError, OperatingError } from '../../../errors.ts'
import type { LedgerHead } from '../../../ports/ledger.ts'
import { canonicalJson } from '../../../store/ledger/chain.ts'
import { ledgerProblems } from '../../../store/ledger/problems.ts'
import { type Cli, examples } from '../../cli.ts'
import { fields, localTime } from '../../terminal/format.ts'
import { withLedger } from './ledgerSource.ts'

/** A head as it is published. */
interface PublishedHead extends LedgerHead {
  /** Which ledger: from its first entry, while that is in the database. */
  readonly ledgerId?: string
  /** Ed25519 over the canonical JSON of the rest, base64. */
  readonly signature?: string
  /** The key that opens it, base64 of its DER form. Proves who signed only to those who know the key from elsewhere. */
  readonly publicKey?: string
}

/** `ledger head|keygen|check-head` */
export function headCommands(ledger: Command, cli: Cli): void {
  examples(
    ledger
      .command('head')
      .option('--sign <keyfile>', 'sign it with a key of `ledger keygen`')
      .description('the newest entry and its hash: kept elsewhere, it shows any later change and a cut-off end'),
    'dialwright ledger head',
    'dialwright ledger head --sign ledger.key --json > head-2026-01-31.json',
  ).action(async ({ sign: keyFile }: { readonly sign?: string }) => {
    const key = keyFile === undefined ? undefined : readKey(keyFile, createPrivateKey)
    const head = await withLedger(cli, reader => {
      const newest = reader.head()
      if (newest === undefined) throw ledgerProblems.noBeginning()
      const first = reader.first()
      const ledgerId = first?.kind === 'genesis' ? { ledgerId: String(JSON.parse(first.entry).ledgerId) } : {}
      return { ...newest, ...ledgerId }
    })
    const published = key === undefined ? head : signed(head, key)
    cli.print(published, () => headWords(published))
  })

  examples(
    ledger
      .command('keygen')
      .argument('<file>', 'the private key; the public one goes to FILE.pub')
      .description('make a key with which heads are signed'),
    'dialwright ledger keygen ledger.key',
  ).action((file: string) => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    for (const name of [file, `${file}.pub`])
      if (existsSync(name))
        throw new OperatingError('file-exists', `${name} exists already: a key is never overwritten`)
    writeKey(file, { text: privateKey.export({ type: 'pkcs8', format: 'pem' }), mode: 0o600 })
    writeKey(`${file}.pub`, { text: publicKey.export({ type: 'spki', format: 'pem' }), mode: 0o644 })
    const answer = { privateKey: file, publicKey: `${file}.pub`, fingerprint: fingerprint(publicKey) }
    cli.print(answer, () =>
      fields([
        ['private key', `${file}, keep it where the database is not`],
        ['public key', `${file}.pub, give it to whoever shall check`],
        ['fingerprint', answer.fingerprint],
      ]),
    )
  })

  examples(
    ledger
      .command('check-head')
      .argument('<file>', 'a head that `ledger head --json` printed')
      .option('--key <file>', 'the public key that must have signed it')
      .description('hold a published head against the database; exit code 1 if the ledger is not its continuation'),
    'dialwright ledger check-head head-2026-01-31.json --key ledger.key.pub',
  ).action((file: string, options: { readonly key?: string }) => checkHead(cli, file, options))
}

async function checkHead(cli: Cli, file: string, options: { readonly key?: string }): Promise<void> {
  const head = readHead(file)
  const key = options.key === undefined ? undefined : readKey(options.key, createPublicKey)
  const signature = signatureOf(head, key)
  const found = await withLedger(cli, reader => {
    const [entry] = reader.entries(head.seq - 1, 1)
    const newest = reader.head()
    if (newest === undefined || newest.seq < head.seq) return `the ledger ends before entry ${head.seq}: it was cut off`
    if (entry?.seq !== head.seq) return `entry ${head.seq} stands in a segment: use \`ledger verify SEGMENT --head\``
    return entry.hash === head.hash ? undefined : `entry ${head.seq} has another hash: the ledger was rewritten`
  })
  const ok = found === undefined && signature.ok
  const problem = found ?? (signature.ok ? undefined : signature.says)
  const answer = { ok, seq: head.seq, hash: head.hash, signature: signature.says, ...(problem ? { problem } : {}) }
  cli.print(answer, () =>
    fields([
      ['head', `${head.hash}@${head.seq}`],
      ['signature', signature.says],
      ['result', ok ? 'the ledger goes on from it; `ledger verify` checks what lies between' : problem],
    ]),
  )
  if (!ok) cli.setExitCode(1)
}

function signed(head: PublishedHead, key: KeyObject): PublishedHead {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new ConfigError('key-wrong', 'the key is no Ed25519 key: make one with `ledger keygen`')
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
  const body = { ...head, publicKey }
  return { ...body, signature: sign(null, Buffer.from(canonicalJson(body)), key).toString('base64') }
}

function signatureOf(
  head: PublishedHead,
  wanted: KeyObject | undefined,
): { readonly ok: boolean; readonly says: string } {
  const { signature, ...body } = head
  if (signature === undefined || head.publicKey === undefined) {
    return wanted === undefined ? { ok: true, says: 'none' } : { ok: false, says: 'none, but one was demanded' }
  }
  const key = publicKeyOf(head.publicKey)
  if (
    key === undefined ||
    !verifySignature(null, Buffer.from(canonicalJson(body)), key, Buffer.from(signature, 'base64'))
  )
    return { ok: false, says: 'wrong: the head was changed after it was signed' }
  if (wanted !== undefined && fingerprint(key) !== fingerprint(wanted)) return { ok: false, says: 'by another key' }
  const known = wanted === undefined ? '; name the key with --key to know whose it is' : ''
  return { ok: true, says: `right, by ${fingerprint(key)}${known}` }
}

function publicKeyOf(base64: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

function fingerprint(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16)
}

function readKey(file: string, make: (pem: Buffer) => KeyObject): KeyObject {
  try {
    return make(readFileSync(file))
  } catch (cause) {
    const why = errorCode(cause) === 'ENOENT' ? 'there is no such file' : 'it is no key of `ledger keygen`'
    throw new ConfigError('key-unreadable', `${file} cannot be used: ${why}`, { cause })
  }
}

function writeKey(file: string, { text, mode }: { readonly text: string | Buffer; readonly mode: number }): void {
  try {
    writeFileSync(file, text, { mode, flag: 'wx' })
  } catch (cause) {
    const why = `cannot write ${file} (${errorCode(cause)}): choose another place`
    throw new OperatingError('file-unwritable', why, { cause })
  }
}

function readHead(file: string): PublishedHead {
  const wrong = (cause?: unknown) =>
    new InputError('head-unreadable', `${file} is no head: make one with \`ledger head --json\``, { cause })
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw wrong(cause)
  }
  if (typeof value !== 'object' || value === null || !('seq' in value) || !('hash' in value)) throw wrong()
  if (!Number.isSafeInteger(value.seq) || typeof value.hash !== 'string' || !/^[0-9a-f]{64}$/.test(value.hash))
    throw wrong()
  // The members that matter have just been looked at; the signature covers the rest.
  return value as PublishedHead
}

function headWords({ seq, hash, at, signature }: PublishedHead): string {
  return fields([
    ['head', `${hash}@${seq}`],
    ['at', localTime(new Date(at).toISOString())],
    ['signature', signature],
  ])
}
