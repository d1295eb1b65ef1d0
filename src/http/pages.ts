import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { ApiError } from '../api/apiError.ts'
import type { Api } from './context.ts'

/** Everything comes from here, and nothing that stands in a page itself is run (Content Security Policy Level 3). */
const policy = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:"],
  ...["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"],
].join('; ')

const headers = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** Where the pages lie that were built beside this program; undefined: it runs from its sources. */
export function builtPages(): string | undefined {
  const folder = fileURLToPath(new URL('../web', import.meta.url))
  return existsSync(join(folder, 'login.html')) ? folder : undefined
}

/** An asset as it lies there, and compressed. */
interface Asset {
  readonly type: string
  readonly plain: Buffer
  readonly br: Buffer
  readonly gzip: Buffer
}

/**
 * The pages and what they load. All of it is read once and answered from memory, by names that were there at the start: no name that
 * is asked for is ever looked up on the disk. Without log-in; a page shows nothing that it has not asked the API for.
 * @param folder where the build has put them
 */
export function pageRoutes(app: Api, folder: string): void {
  const pages = readdirSync(folder).filter(name => extname(name) === '.html')
  // A dot in a page's name is a slash in its address: board.wall is /board/wall.
  for (const name of pages)
    pageRoute(app, `/${name.slice(0, -'.html'.length).replaceAll('.', '/')}`, readFileSync(join(folder, name)))
  app.get('/', { config: { open: true }, schema: { hide: true } }, async (_request, reply) => reply.redirect('/login'))

  const assets = readAssets(join(folder, 'assets'))
  app.get(
    '/assets/:name',
    { config: { open: true }, schema: { hide: true, params: Type.Object({ name: Type.String() }) } },
    (request, reply) => {
      const asset = assets.get(request.params.name)
      if (asset === undefined) throw new ApiError(404, 'unknown-path', 'no such part of a page: load the page anew')
      return sendAsset(request, reply, asset)
    },
  )
}

function pageRoute(app: Api, path: string, html: Buffer): void {
  app.get(path, { config: { open: true }, schema: { hide: true } }, (_request, reply) =>
    reply.headers(headers).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html),
  )
}

function readAssets(folder: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>()
  for (const name of readdirSync(folder)) {
    const type = types[extname(name)]
    if (type === undefined) continue
    const read = (ending: string): Buffer => readFileSync(join(folder, `${name}${ending}`))
    assets.set(name, { type, plain: read(''), br: read('.br'), gzip: read('.gz') })
  }
  return assets
}

// Their names change with what is in them.
function sendAsset(
  { headers: asked }: FastifyRequest,
  reply: FastifyReply,
  { type, plain, br, gzip }: Asset,
): FastifyReply {
  const accepted = String(asked['accept-encoding'] ?? '')
  reply
    .headers(headers)
    .type(type)
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('vary', 'accept-encoding')
  if (/\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(br)
  if (/\bgzip\b/.test(accepted)) return reply.header('content-encoding', 'gzip').send(gzip)
  return reply.send(plain)
}
