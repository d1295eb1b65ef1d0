import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PROJECT } from '../lib/paths.js'

const BLANKED = 'node_modules/.cache/dialwright-types'

/**
 * A copy of the clone in which sources may be broken: what git knows or would take, and the packages by links.
 * @returns {{ folder: string, remove(): void }}
 */
export function makeTree() {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-mutate-'))
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: PROJECT,
    encoding: 'utf8',
  })
  for (const file of listed.split('\0')) {
    if (file === '' || !existsSync(join(PROJECT, file))) continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(PROJECT, file), join(folder, file))
  }
  mkdirSync(join(folder, 'node_modules'))
  for (const name of readdirSync(join(PROJECT, 'node_modules'))) {
    if (name !== '.cache') symlinkSync(join(PROJECT, 'node_modules', name), join(folder, 'node_modules', name))
  }
  // Broken sources leave their compiled forms here, not among those of the clone.
  if (existsSync(join(PROJECT, BLANKED))) cpSync(join(PROJECT, BLANKED), join(folder, BLANKED), { recursive: true })
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
