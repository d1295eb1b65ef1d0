// TLS by certificate files: shown, renewed without a restart, and the one that the command line trusts.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import t, { type Test } from 'tap'
import { doneView } from '../../src/api/views.ts'
import { createApiClient } from '../../src/cli/client.ts'
import { openCertificate } from '../../src/http/tls.ts'
import { createLog } from '../../src/log.ts'
import { startRig, token } from './rig.ts'

/** A certificate that nobody has signed, for a name that nobody asks for. */
function makeCertificate(folder: string, name: string) {
  const [keyFile, certificateFile] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync(
    'openssl',
    ['req', '-x509', ...curve, '-subj', `/CN=${name}.invalid`, '-keyout', keyFile, '-out', certificateFile],
    { stdio: 'ignore' },
  )
  return { certificateFile, keyFile }
}

function nameShown(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
  })
}

async function startSecure(t: Test) {
  // The rig has the test's own folder.
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-tls-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const [first, second] = [makeCertificate(folder, 'first'), makeCertificate(folder, 'second')]
  const files = { certificateFile: join(folder, 'shown.pem'), keyFile: join(folder, 'shown.key') }
  const show = ({ certificateFile, keyFile }: typeof files) => {
    copyFileSync(certificateFile, files.certificateFile)
    copyFileSync(keyFile, files.keyFile)
  }
  show(first)
  return { first, second, files, show }
}

t.test('a certificate is renewed without a restart; one that cannot be used changes nothing', async t => {
  const { second, files, show, first } = await startSecure(t)
  const certificate = openCertificate(files, createLog({ level: 'silent' }))
  t.teardown(() => certificate.close())
  const server = certificate.serve((_request, response) => void response.end('hello'), {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  t.equal(await nameShown(port), 'first.invalid')
  copyFileSync(second.certificateFile, files.certificateFile)
  certificate.look()
  t.equal(await nameShown(port), 'first.invalid', 'half of the pair is none')
  show(second)
  certificate.look()
  t.equal(await nameShown(port), 'second.invalid')
  for (const wrong of [
    { ...first, keyFile: second.keyFile },
    { ...first, keyFile: '/nowhere' },
  ])
    t.throws(() => openCertificate(wrong, createLog({ level: 'silent' })), { code: 'certificate-wrong' })
})

t.test(
  'the API over TLS: cookies for encrypted connections alone, and the command line trusts the very certificate',
  async t => {
    const { first, second, files } = await startSecure(t)
    const { url, call, server } = await startRig(t, { tls: files })
    t.match(url, /^https:/)
    const { port } = new URL(url)
    const client = (certificateFile: string) =>
      createApiClient({ host: '127.0.0.1', port: Number(port), token, tls: { certificateFile } })
    const ours = client(first.certificateFile)
    t.match(await ours.send(doneView, { method: 'POST', path: '/v1/users', body: { name: 'ann', role: 'admin' } }), {
      user: { name: 'ann' },
    })
    server.app.server.closeAllConnections()
    await ours.get(doneView, '/v1/status')
    await t.rejects(client(second.certificateFile).get(doneView, '/v1/status'), { code: 'certificate-differs' })
    await t.rejects(client('/nowhere').get(doneView, '/v1/status'), { code: 'certificate-wrong' })
    await t.rejects(call('GET', '/v1/status'), /fetch failed/, 'and nobody else trusts it')
    const password = 'four words are enough'
    await ours.send(doneView, { method: 'PUT', path: '/v1/users/ann/password', body: { password } })
    const { fetchPinned } = await import('../../src/cli/secureFetch.ts')
    const answer = await fetchPinned(first.certificateFile)(`${url}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'ann', password }),
    })
    t.match(
      answer.headers.get('set-cookie'),
      /^__Host-dialwright=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    )
  },
)
