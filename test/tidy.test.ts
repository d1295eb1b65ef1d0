import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import ts from 'typescript'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const lineLimits = { src: 400, test: 600, functionLines: 70, positional: 3 }
/** A folder with more is several rooms. */
const filesInFolderMax = 25
/** Of the lines of src: no trade may swallow the house. */
const storeShareMax = 0.18

interface SourceFile {
  /** Path from the root, `src/core/calls/call.ts`. */
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
}

function filesIn(folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true })
    .map(name => join(folder, String(name)))
    .filter(path => /\.tsx?$/.test(path))
    .map(path => {
      const text = readFileSync(join(root, path), 'utf8')
      return {
        path,
        text,
        tree: ts.createSourceFile(
          path,
          text,
          ts.ScriptTarget.Latest,
          true,
          path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
        ),
      }
    })
}

/** Everything that people read: code, documents, configuration. */
function textsIn(folder: string): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(join(root, folder), { recursive: folder !== '.' })
    .map(name => join(folder, String(name)))
    .filter(path => /\.(ts|tsx|css|js|md|yaml|sql|html)$|^(Dockerfile|\.ci\/run)$/.test(path))
    .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

const sources = filesIn('src')
const tests = filesIn('test')

/**
 * What each folder of src (and each file that lies in src itself) may import beside itself: other parts by folder or by file
 * without its extension, packages by name. A part that is not listed here may not be there. `docs/ARCHITECTURE.md` says why.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  errors: [],
  log: ['core', 'pino'],
  ports: ['core'],
  numbers: ['core', 'errors', 'libphonenumber-js', 'node:'],
  config: ['core', 'errors', 'numbers', 'yaml', 'typebox', 'node:'],
  rules: ['core', 'errors', 'config', 'numbers', 'typebox', 'node:'],
  // It reads the shipped zone data by itself.
  audit: ['node:'],
  threads: ['errors', 'node:'],
  // Passwords, tokens, one-time codes: what must not be guessed.
  credentials: ['errors', 'node:'],
  numberSet: ['errors', 'numbers', 'node:'],
  dialer: ['core', 'ports', 'errors', 'log', 'node:'],
  asterisk: ['core', 'ports', 'errors', 'log', 'threads', 'ari-client', 'asterisk-manager', 'undici', 'ws', 'node:'],
  import: ['core', 'ports', 'errors', 'numbers', 'numberSet', 'threads', 'node:'],
  store: ['core', 'ports', 'errors', 'numbers', 'numberSet', 'threads', 'better-sqlite3', 'node:'],
  api: ['core', 'ports', 'errors', 'config', 'typebox'],
  app: ['api', 'core', 'ports', 'errors', 'log', 'config', 'credentials', 'numbers'],
  http: [
    ...['api', 'app', 'core', 'ports', 'errors', 'log', 'config', 'credentials'],
    ...['fastify', '@fastify/', 'typebox', 'prom-client', 'ws', 'node:'],
  ],
  // In the browser: of the API it knows types alone; a form is looked at by the daemon's own rules.
  web: [
    ...['api', 'core/given', 'core/campaigns/script', 'core/calls/lineFigures'],
    ...['preact', '@preact/signals', 'jssip', 'uplot'],
  ],
  crm: ['api', 'core', 'ports', 'errors', 'log', 'node:'],
  watch: ['core', 'ports', 'errors', 'log', 'numbers', 'store/ledger', 'node:'],
  sim: ['core', 'dialer', 'ports', 'errors', 'log', 'store/memory', 'threads', 'pure-rand', 'yaml', 'node:'],
  daemon: [
    ...['api', 'app', 'http', 'crm', 'watch', 'asterisk', 'audit', 'dialer', 'import', 'store', 'rules', 'config'],
    ...['core', 'ports', 'errors', 'log', 'numbers', 'threads', 'node:'],
    // What a what-if is simulated with, in its thread.
    ...['sim/study', 'sim/scenarios'],
  ],
  // What is put onto a machine before a daemon runs there.
  setup: ['core', 'errors', 'diff', 'node:'],
  // No http: the command line speaks it as a client.
  cli: [
    ...['api', 'app', 'daemon', 'audit', 'config', 'core', 'dialer', 'errors', 'log', 'numbers', 'ports', 'rules'],
    ...['setup', 'sim', 'store', 'threads', 'commander', 'typebox', 'undici', 'yaml', 'node:'],
  ],
}

function partOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.tsx?$/, '')
}

function importsOf(file: SourceFile): readonly string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const from = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined
    if (from !== undefined && ts.isStringLiteral(from)) found.push(from.text)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [what] = node.arguments
      if (what !== undefined && ts.isStringLiteral(what)) found.push(what.text)
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
      found.push(node.argument.literal.text)
    ts.forEachChild(node, visit)
  }
  visit(file.tree)
  return found
}

function permits(permission: string, file: SourceFile, from: string): boolean {
  if (!from.startsWith('.')) return from === permission || from.startsWith(permission.replace(/(?<![:/])$/, '/'))
  const target = relative('src', join(dirname(file.path), from))
  return target === `${permission}.ts` || target.startsWith(`${permission}/`)
}

function mayImport(file: SourceFile, from: string): boolean {
  const part = partOf(file.path)
  return [...(allowed[part] ?? []), ...(from.startsWith('.') ? [part] : [])].some(permission =>
    permits(permission, file, from),
  )
}

t.test('every folder of src is listed with what it may import', async t => {
  t.same([...new Set(sources.map(({ path }) => partOf(path)))].sort(), Object.keys(allowed).sort())
})

t.test('no folder of src is a heap, and the store is no more than its share', async t => {
  const counts = new Map<string, number>()
  for (const { path } of sources) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
  t.same(
    [...counts].filter(([, count]) => count > filesInFolderMax),
    [],
  )
  const linesOf = (files: readonly SourceFile[]) => files.reduce((sum, { text }) => sum + text.split('\n').length, 0)
  const share = linesOf(sources.filter(({ path }) => partOf(path) === 'store')) / linesOf(sources)
  t.ok(share <= storeShareMax, `the store has ${(share * 100).toFixed(1)} % of the lines`)
})

t.test('parts import only what they may', async t => {
  const wrong: string[] = []
  for (const file of sources) {
    for (const from of importsOf(file)) if (!mayImport(file, from)) wrong.push(`${file.path} imports ${from}`)
  }
  t.same(wrong, [])
})

t.test('each permission to import is used', async t => {
  const unused = Object.entries(allowed).flatMap(([part, permissions]) => {
    const files = sources.filter(({ path }) => partOf(path) === part)
    return permissions
      .filter(permission => !files.some(file => importsOf(file).some(from => permits(permission, file, from))))
      .map(permission => `${part} -> ${permission}`)
  })
  t.same(unused, [])
})

/** Text is no code: a word in prose must not be taken for a use. */
const textKinds: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.RegularExpressionLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateHead,
  ts.SyntaxKind.TemplateMiddle,
  ts.SyntaxKind.TemplateTail,
])

/** The tokens of the tree, one space between them; a bare scanner loses its way behind `${}`. */
function codeOf(file: SourceFile): string {
  const words: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node) || textKinds.has(node.kind)) return
    const children = node.getChildren(file.tree)
    if (children.length === 0) words.push(node.getText(file.tree))
    for (const child of children) visit(child)
  }
  visit(file.tree)
  return words.filter(word => word !== '').join(' ')
}

t.test('core has no clock, chance, environment, log or waiting of its own', async t => {
  const forbidden =
    /\b(Date|Math \. random|performance|process|console|setTimeout|setInterval|queueMicrotask|await|async|Promise|Intl)\b/
  const wrong = sources
    .filter(({ path }) => path.startsWith('src/core/'))
    .flatMap(file => {
      const found = forbidden.exec(codeOf(file))
      return found === null ? [] : [`${file.path} uses ${found[0]}`]
    })
  t.same(wrong, [])
})

t.test('what style forbids is not there', async t => {
  const rules: readonly (readonly [name: string, pattern: RegExp, applies: (path: string) => boolean])[] = [
    ['a plain Error', /throw new Error \(/, () => true],
    ['an enum', /\benum [A-Z]/, () => true],
    ['any', /(: any\b|\bas any\b|< any >)/, () => true],
    ['a non-null assertion', /[\w)\]] ! [.;,)\]]/, () => true],
    ['the environment', /process \. env/, path => path.startsWith('src/') && !path.startsWith('src/config')],
    ['a skipped test', /\. (skip|todo|only) \(/, path => path.startsWith('test/')],
    ['an object packed to be unpacked', /\.\.\. \{/, path => path.startsWith('src/')],
    // The audit imports nothing else of src, so it has no `given`.
    [
      'a field left out by hand (see core/given.ts)',
      /=== undefined \? \{ \} : \{/,
      path => /^src\/(?!audit\/)/.test(path),
    ],
    [
      'a terminal beside its one door',
      /\b(stdout|stderr) \b|process \. (stdout|stderr)|\bfd : [12]\b/,
      path => path.startsWith('src/') && path !== 'src/cli/terminal/terminal.ts',
    ],
    [
      'sequences that steer a terminal',
      /\. steer \(/,
      path => path.startsWith('src/') && !['monitor', 'progressBar'].some(one => path.endsWith(`/${one}.ts`)),
    ],
    ['the console', /\bconsole \./, path => path.startsWith('src/') && !path.startsWith('src/asterisk/ami')],
  ]
  const wrong = [...sources, ...tests].flatMap(file => {
    const code = codeOf(file)
    return rules
      .filter(([, pattern, applies]) => applies(file.path) && pattern.test(code))
      .map(([name]) => `${file.path}: ${name}`)
  })
  t.same(wrong, [])
  t.same(
    [...sources, ...tests]
      .filter(({ text }) => /@ts-(ignore|nocheck|expect-error)/.test(text.replaceAll('@ts-(', '')))
      .map(({ path }) => path),
    [],
  )
})

t.test('files, functions and parameter lists keep their limits', async t => {
  const wrong: string[] = []
  for (const file of [...sources, ...tests]) {
    const limit = file.path.startsWith('src/') ? lineLimits.src : lineLimits.test
    const lines = file.text.split('\n').length
    if (lines > limit) wrong.push(`${file.path} has ${lines} lines, at most ${limit}`)
    if (!file.path.startsWith('src/')) continue
    visitFunctions(file.tree, (node, name) => {
      const from = file.tree.getLineAndCharacterOfPosition(node.getStart()).line
      const length = file.tree.getLineAndCharacterOfPosition(node.getEnd()).line - from + 1
      const where = `${file.path}:${from + 1} ${name}`
      if (length > lineLimits.functionLines) wrong.push(`${where} has ${length} lines`)
      if (node.parameters.length > lineLimits.positional)
        wrong.push(`${where} takes ${node.parameters.length} parameters`)
    })
  }
  t.same(wrong, [])
})

function visitFunctions(tree: ts.Node, see: (node: ts.FunctionLikeDeclaration, name: string) => void): void {
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const named = node as ts.FunctionLikeDeclaration
      see(named, named.name?.getText() ?? 'a function')
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
}

t.test('every export of core, the ports and the API says what it is', async t => {
  const wrong: string[] = []
  for (const file of sources.filter(({ path }) => /^src\/(core|ports|api)\//.test(path))) {
    for (const node of file.tree.statements) {
      const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined
      const exported = modifiers?.some(modifier => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false
      if (exported && !isSaid(node)) {
        wrong.push(`${file.path}:${file.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`)
      }
    }
  }
  t.same(wrong, [])
})

/** Whether a doc comment stands there that says something: a link alone sends the reader away. */
function isSaid(node: ts.Node): boolean {
  const text = ts
    .getJSDocCommentsAndTags(node)
    .map(comment => comment.getText())
    .join(' ')
    .replace(/\{@link [^}]*\}|[Ss]ee\b|[^A-Za-z]/g, '')
  return text !== ''
}

t.test('people are "they", or what they do', async t => {
  const files = ['src', 'test', 'scripts', 'bin', 'docs', 'rules', 'scenarios', 'asterisk-conf', '.ci', '.']
    .flatMap(folder => textsIn(folder))
    .filter(({ path }) => path !== 'test/tidy.test.ts')
  const wrong = files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .map((line, index) => ({ line, where: `${path}:${index + 1}` }))
      .filter(({ line }) => /\b([Hh]e|[Hh]is|[Hh]im|[Ss]he|[Hh]er|[Hh]imself|[Hh]erself)\b/.test(line))
      .map(({ line, where }) => `${where} ${line.trim()}`),
  )
  t.same(wrong, [])
})
