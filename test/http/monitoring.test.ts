// What docs/monitoring offers asks for metrics that the daemon has, and the documentation names each of them.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { parseScrape } from '../support/prometheus.ts'
import { startRig, token } from './rig.ts'

const docs = new URL('../../docs/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, docs), 'utf8')

/** Families that an expression asks for. */
function asked(expression: string, types: ReadonlyMap<string, string>): readonly string[] {
  const names = expression.replaceAll(/"[^"]*"/g, '').match(/\b(dialwright|process|nodejs)_[a-z0-9_]+/g) ?? []
  return names.map(name => (types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')))
}

/** Labels that Prometheus brings, and a histogram's. */
const everywhere = ['instance', 'job', 'le']

/** Labels that OPERATIONS gives each family. */
function documentedLabels(): ReadonlyMap<string, readonly string[]> {
  const rows = read('OPERATIONS.md').matchAll(/^\| `(dialwright_[a-z_]+)` \| ([^|]*)\|/gm)
  return new Map([...rows].map(([, name = '', labels = '']) => [name, labels.match(/[a-z_]+/g) ?? []]))
}

/** Labels that an expression selects or gathers by, and those that the words beside it show. */
function labelsIn(expression: string, words: string): readonly string[] {
  const selected = [...expression.matchAll(/([a-z_]+)(?:=~|!=|!~|=)"/g)].map(([, label = '']) => label)
  const lists = [...expression.matchAll(/\b(?:by|ignoring|on) ?\(([^)]*)\)/g)].map(([, list = '']) => list.split(/, */))
  const shown = [...words.matchAll(/\{\{ ?(?:\$labels\.)?([a-z_]+) ?\}\}/g)].map(([, label = '']) => label)
  return [...selected, ...lists.flat(), ...shown]
}

interface Panel {
  readonly title: string
  readonly type: string
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
}
interface Alert {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly action: string }
}

t.test('dashboard, alerts and documentation speak of the metrics that there are', async t => {
  const { url } = await startRig(t)
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  const { types, series } = parseScrape(await answer.text())

  const { panels } = JSON.parse(read('monitoring/dashboard.json')) as { panels: readonly Panel[] }
  const plotted = panels.filter(({ type }) => type !== 'row')
  for (const { title, targets = [], gridPos } of plotted) {
    const names = targets.flatMap(({ expr }) => asked(expr, types))
    t.ok(names.length > 0, title)
    for (const name of names) t.ok(types.has(name), `${title}: ${name}`)
    t.ok(gridPos.x + gridPos.w <= 24, title)
  }

  const { groups } = parse(read('monitoring/alerts.yaml')) as { groups: readonly { rules: readonly Alert[] }[] }
  const alerts = groups.flatMap(({ rules }) => rules)
  t.ok(alerts.length > 10)
  for (const { alert, expr, labels, annotations } of alerts) {
    const names = asked(expr, types)
    t.ok(names.length > 0 || alert === 'DialwrightDown', alert)
    for (const name of names) t.ok(types.has(name), `${alert}: ${name}`)
    t.match([labels.severity], [/^(page|ticket)$/], alert)
    t.match(annotations, { summary: /.{15,}/, action: /.{10,}/ }, alert)
  }

  const documented = documentedLabels()
  for (const { name, labels } of series.filter(each => documented.has(each.name)))
    for (const label of Object.keys(labels)) t.ok(documented.get(name)?.includes(label), `${name} has ${label}`)
  const shown = [
    ...plotted.flatMap(({ targets = [] }) => targets.map(({ expr, legendFormat }) => ({ expr, words: legendFormat }))),
    ...alerts.map(({ expr, annotations: { summary, action } }) => ({ expr, words: summary + action })),
  ]
  for (const { expr, words } of shown) {
    const known = [...everywhere, ...asked(expr, types).flatMap(name => documented.get(name) ?? [])]
    for (const label of labelsIn(expr, words)) t.ok(known.includes(label), `${expr}: ${label}`)
  }

  const own = [...types.keys()].filter(name => name.startsWith('dialwright_')).sort()
  const named = [...read('OPERATIONS.md').matchAll(/^\| `(dialwright_[a-z_]+)/gm)].map(([, name = '']) => name).sort()
  t.same(named, own, 'OPERATIONS.md has a line for each')
})
