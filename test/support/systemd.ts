import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Test } from 'tap'
import { tempFolder } from '../cli/support.ts'

/** Node has no unix datagrams; perl is on every Debian. */
const listener = `use Socket; socket(my $s, PF_UNIX, SOCK_DGRAM, 0); bind($s, sockaddr_un($ARGV[0])) or die; $| = 1; print "up\\n";
while (defined recv($s, my $m, 4096, 0)) { print "$m\\n" }`

/** Listens as systemd does, in the environment of this process and of those that it starts; everything that it was told, a line each. */
export async function listenAsSystemd(t: Test): Promise<{ readonly socket: string; told(): readonly string[] }> {
  const socket = join(tempFolder(t), 'notify')
  const child = spawn('perl', ['-e', listener, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill())
  let heard = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    heard += text
  })
  await once(child.stdout, 'data')
  const { NOTIFY_SOCKET: before } = process.env
  process.env.NOTIFY_SOCKET = socket
  t.teardown(() => {
    if (before === undefined) delete process.env.NOTIFY_SOCKET
    else process.env.NOTIFY_SOCKET = before
  })
  return {
    socket,
    told: () =>
      heard
        .trim()
        .split('\n')
        .filter(line => line !== 'BARRIER=1'),
  }
}
