import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Metrics } from '../../app/monitoring/metrics.ts'
import type { DurationCounts } from '../../core/tally.ts'
import { families } from './families.ts'
import { type Family, type Row, seconds } from './family.ts'

/** Writes figures in the text format of Prometheus. */
export interface MetricsWriter {
  readonly contentType: string
  write(figures: Metrics): Promise<string>
}

/** One line as the registry writes it. */
interface Line {
  readonly metricName: string
  readonly labels: Row['labels']
  readonly value: number
}

/** A metric whose figures were gathered elsewhere. The library checks its name, and writes it. */
class Gathered extends Gauge {
  readonly #family: Family<Metrics>
  lines: readonly Line[] = []

  constructor(family: Family<Metrics>, registry: Registry) {
    const { name, help, labels } = family
    super({ name, help, labelNames: [...labels], registers: [registry] })
    this.#family = family
  }

  gather(figures: Metrics): void {
    const family = this.#family
    const { name } = family
    if (family.kind === 'histogram') this.lines = family.rows(figures).flatMap(row => linesOf(name, row))
    else this.lines = family.rows(figures).map(row => ({ metricName: name, ...row }))
  }

  /** What the registry asks a metric for when it writes. */
  async getForPromString() {
    const { name, help, kind } = this.#family
    return { name, help, type: kind, values: this.lines }
  }
}

function linesOf(name: string, { labels, value }: Row<DurationCounts>): readonly Line[] {
  const { boundsMs, counts, sumMs } = value
  let total = 0
  const buckets = counts.map((count, index): Line => {
    total += count
    const boundMs = boundsMs[index]
    const le = boundMs === undefined ? '+Inf' : String(seconds(boundMs))
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: seconds(sumMs) },
    { metricName: `${name}_count`, labels, value: total },
  ]
}

/** Writing holds up what else is due for no longer. */
const atOnceMaxMs = 5

/**
 * Makes the writer. What it says of the process itself (`process_`, `nodejs_`) is the library's own, and is looked at from the first
 * writing on: who has no monitoring pays nothing.
 */
export function createMetricsWriter(): MetricsWriter {
  const registry = new Registry()
  const all = families.map(family => new Gathered(family, registry))
  let begun = false
  return {
    contentType: registry.contentType,
    async write(figures) {
      if (!begun) collectDefaultMetrics({ register: registry })
      begun = true
      for (const one of all) one.gather(figures)
      const texts: string[] = []
      let since = performance.now()
      for (const { name } of registry.getMetricsAsArray()) {
        texts.push(await registry.getSingleMetricAsString(name))
        // A thousand campaigns make a long text: calls come first.
        if (performance.now() - since < atOnceMaxMs) continue
        await new Promise(resolve => setImmediate(resolve))
        since = performance.now()
      }
      return `${texts.join('\n\n')}\n`
    },
  }
}
