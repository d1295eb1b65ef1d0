import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse } from 'yaml'
import { exec } from '../../scripts/lib/exec.js'

/** What `docker-compose config` makes of the file: variables, anchors and paths worked out. */
interface Composed {
  readonly services: Readonly<Record<string, Service>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

interface Service {
  readonly group_add: readonly string[]
  readonly ports?: readonly unknown[]
  readonly environment?: Readonly<Record<string, string>>
  readonly command?: readonly string[]
  readonly secrets?: readonly { readonly source: string }[]
  readonly volumes: readonly string[]
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

async function composed(): Promise<Composed> {
  const args = ['-f', join(root, 'compose.yaml'), '--profile', 'monitoring', 'config']
  const { code, stdout, stderr } = await exec('docker-compose', args)
  if (code !== 0) throw new SyntaxError(stderr)
  return parse(stdout)
}

t.test(
  'no service of the compose file can do more than it must, and nothing is opened beyond the loopback',
  async t => {
    const { services, secrets } = await composed()
    t.same(Object.keys(services).sort(), ['asterisk', 'dialwright', 'grafana', 'prometheus'])
    for (const [name, { volumes, ports, ...service }] of Object.entries(services)) {
      const confined = {
        network_mode: 'host',
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      }
      t.match(service, confined, name)
      t.equal(ports, undefined, `${name} maps no port: it listens on the loopback itself`)
      for (const { source } of service.secrets ?? [])
        t.equal(relative(root, String(secrets[source]?.file)), `config/${source}`)
      for (const [from = '', , how] of volumes.map(volume => volume.split(':'))) {
        if (!from.startsWith('/')) continue
        t.equal(how, 'ro', `${name}: ${from}`)
        const path = relative(root, from)
        if (path.startsWith('docker/')) t.ok(existsSync(from), path)
      }
    }
    t.ok(services.prometheus?.command?.includes('--web.listen-address=127.0.0.1:9090'))
    t.equal(services.grafana?.environment?.GF_SERVER_HTTP_ADDR, '127.0.0.1')
  },
)

t.test('the users of the images are those whom the compose file lends its secrets and folders', async t => {
  const { services } = await composed()
  const uid = /^USER (\d+):\1$/m.exec(textOf('Dockerfile'))?.[1]
  for (const [name, { group_add }] of Object.entries(services)) t.same(group_add, [uid], name)
  const pbxUid = /^USER (\d+):\1$/m.exec(textOf('docker/asterisk/Dockerfile'))?.[1]
  const folders = [...textOf('compose.yaml').matchAll(/^ +- \/\S+:uid=(\d+),gid=(\d+)/gm)]
  t.ok(folders.length > 0)
  t.same([...new Set(folders.flatMap(([, user, group]) => [user, group]))], [pbxUid])
})
