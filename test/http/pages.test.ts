// The pages as they are served; what they do stands in test/web.
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import { startRig } from './rig.ts'

const pages = fileURLToPath(new URL('../../dist/web', import.meta.url))

const shown = ['login', 'setup', 'board', 'agent']

t.test('every page comes with a policy under which nothing in it runs that was not shipped', async t => {
  const { url } = await startRig(t, { pages })
  for (const name of shown) {
    const response = await fetch(`${url}/${name}`)
    t.equal(response.status, 200, name)
    const policy = response.headers.get('content-security-policy') ?? ''
    t.match(policy, "default-src 'none'")
    t.match(policy, "script-src 'self';")
    t.match(policy, "frame-ancestors 'none'")
    t.notMatch(policy, /unsafe|\*|https?:/)
    const html = await response.text()
    t.notMatch(
      html,
      /<script(?![^>]* src="\/assets\/)|<style|style=| on\w+=|https?:/,
      'nothing inline, nothing from elsewhere',
    )
  }
})

t.test('what a page loads is the same whatever the browser unpacks', async t => {
  const { url } = await startRig(t, { pages })
  const seen = new Set<string>()
  for (const name of shown) {
    const html = await (await fetch(`${url}/${name}`)).text()
    const wanted = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path)
    while (wanted.length > 0) {
      const path = wanted.pop() ?? ''
      if (seen.has(path)) continue
      seen.add(path)
      const packed = await rawBytes(`${url}${path}`, 'gzip, br')
      const plain = await rawBytes(`${url}${path}`, 'identity')
      t.same(brotliDecompressSync(packed), plain, path)
      t.same(gunzipSync(await rawBytes(`${url}${path}`, 'gzip')), plain, path)
      for (const [, part] of plain.toString().matchAll(/(?:from|import)\(?"\.\/([\w.-]+)"/g))
        wanted.push(`/assets/${part}`)
    }
  }
  t.ok(seen.size > shown.length, `${seen.size} parts`)
})

/** As they came over the wire: fetch would unpack them. */
async function rawBytes(url: string, accepted: string): Promise<Buffer> {
  const { get } = await import('node:http')
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': accepted } }, response => {
      const parts: Buffer[] = []
      response.on('data', part => parts.push(part))
      response.on('end', () => resolve(Buffer.concat(parts)))
    }).on('error', reject)
  })
}

t.test('nothing else of the disk is given out', async t => {
  const { url } = await startRig(t, { pages })
  for (const path of ['..%2flogin.html', '%2e%2e%2f%2e%2e%2fpackage.json', 'login.html', 'theme.css', '__proto__'])
    t.match(await (await fetch(`${url}/assets/${path}`)).json(), { error: { code: 'unknown-path' } }, path)
  t.equal((await fetch(`${url}/`, { redirect: 'manual' })).headers.get('location'), '/login')
})
