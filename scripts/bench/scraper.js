// Scrapes a daemon as it is told to by its parent, so that its own CPU time is nobody's figure.
import { setTimeout as delay } from 'node:timers/promises'

const [url = '', token = ''] = process.argv.slice(2)

process.on('message', order => {
  void scrapeAll(/** @type {{ scrapes: number, everyMs: number }} */ (order)).then(told => process.send?.(told))
})

/** @param {{ scrapes: number, everyMs: number }} order */
async function scrapeAll({ scrapes, everyMs }) {
  const answersMs = []
  let text = ''
  for (let done = 0; done < scrapes; done += 1) {
    const askedAt = performance.now()
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
    text = await answer.text()
    const tookMs = performance.now() - askedAt
    answersMs.push(tookMs)
    await delay(Math.max(0, everyMs - tookMs))
  }
  const series = text.split('\n').filter(line => line !== '' && !line.startsWith('#')).length
  return { answersMs, series, bytes: Buffer.byteLength(text) }
}
