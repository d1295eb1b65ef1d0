import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { ReportData } from '../study/results.ts'
import { viewOf } from './view.ts'

/** The page's scripts, each after those it imports from. */
const scripts = ['dom', 'looks', 'plot', 'legend', 'table', 'marks', 'frontier', 'timeline', 'waits', 'page']
const styles = ['colours', 'page', 'charts']
const packages = createRequire(import.meta.url)

/**
 * The page of `dialwright simulate --html`: one self-contained HTML document that asks no server for anything. Reads its
 * parts and uPlot's from disk. Names and descriptions may hold any text: they reach the page as JSON and are put there as
 * text, and the page's policy lets no script run but its own two.
 */
export function renderReport(data: ReportData): string {
  const chartScript = readFileSync(packages.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8')
  const chartStyle = readFileSync(packages.resolve('uplot/dist/uPlot.min.css'), 'utf8')
  const license = readFileSync(packages.resolve('uplot/LICENSE'), 'utf8')
  const pageScript = bundle()
  return fill(asset('page.html'), {
    POLICY: `<meta http-equiv="Content-Security-Policy" content="${contentPolicy([chartScript, pageScript])}">`,
    STYLE: `<style>\n${[chartStyle, ...styles.map(name => asset(`${name}.css`))].join('\n')}</style>`,
    SCRIPTS: [
      `<script type="application/json" id="data">${jsonInHtml(viewOf(data))}</script>`,
      `<!-- uPlot, whose script and style sheet are part of this page:\n${license}\n-->`,
      `<script>${chartScript}</script>`,
      `<script>${pageScript}</script>`,
    ].join('\n'),
  })
}

function asset(name: string): string {
  return readFileSync(new URL(`browser/${name}`, import.meta.url), 'utf8')
}

/** Replaces all at once: what one part brings is never searched for the next one's name. */
function fill(template: string, parts: Readonly<Record<string, string>>): string {
  return template.replaceAll(/<!-- ([A-Z]+) -->/g, (_, name: string) => parts[name] ?? '')
}

/** One script of all modules: inside a page they could not import each other. Each keeps a scope of its own. */
function bundle(): string {
  return ['const modules = {}', ...scripts.map(name => asModule(name, asset(`${name}.js`)))].join('\n')
}

/** Knows only what the page's own scripts use: named imports, and `export function`. */
function asModule(name: string, text: string): string {
  const exported = [...text.matchAll(/^export function (\w+)/gm)].map(([, found]) => found)
  const body = text
    .replaceAll(/^import (\{[^}]*\}) from ('.*')$/gm, 'const $1 = modules[$2]')
    .replaceAll(/^export function /gm, 'function ')
  return `modules['./${name}.js'] = (() => {\n${body}\nreturn { ${exported.join(', ')} }\n})()`
}

/** Nothing is loaded from anywhere, and no script runs whose text is not one of these. */
function contentPolicy(allowed: readonly string[]): string {
  const hashes = allowed.map(text => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  return `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${hashes.join(' ')}`
}

/** JSON that cannot end the script element it stands in, nor a line of it in an old parser. */
function jsonInHtml(value: unknown): string {
  const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, escaped)
}
