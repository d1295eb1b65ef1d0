import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../../errors.ts'
import { difference } from './difference.ts'
import {
  checkPlaces,
  openConfFolder,
  removeEmpty,
  removeFile,
  removeFolder,
  writeChanges,
  writePrivate,
  writeSound,
} from './files.ts'
import { type Layout, layoutOf } from './layout.ts'
import type { TextChange } from './ownFiles.ts'
import { planInstall } from './plan.ts'
import { type InstallRecord, parseRecord, recordFile, recordFolder } from './record.ts'
import { recordChanges } from './recording.ts'
import { readShipped, readShippedSounds } from './shipped.ts'
import { digestOf, planSounds } from './sounds.ts'
import { readSurroundings, soundsFolder } from './surroundings.ts'
import { planUninstall } from './undo.ts'
import type { Wishes } from './wishes.ts'

/** Which PBX, and where what is shipped for it lies. */
export interface PbxFolders {
  /** The folder of its configuration. */
  readonly etc: string
  /** Its folder of sounds; absent: the one that its configuration names. */
  readonly sounds?: string | undefined
  /** `asterisk-conf`. */
  readonly shipped: string
}

/** Changes that were decided and not yet made. */
export interface Prepared {
  readonly layout: Layout
  readonly changes: readonly (TextChange & { readonly difference: string })[]
  readonly sounds: { readonly folder: string; readonly count: number }
  readonly notes: readonly string[]
  /** Makes them. `step`: told after each file. @throws OperatingError `unwritable` */
  carryOut(step?: () => void): void
}

/**
 * Decides what an installation on this PBX would write.
 * @throws InputError `pbx-conflict`, `no-asterisk`, `no-sounds-folder`, `marks-damaged`, `record-damaged`
 * @throws OperatingError `leads-out`
 */
export async function prepareInstall({ etc, sounds, shipped }: PbxFolders, wishes: Wishes): Promise<Prepared> {
  const files = openConfFolder(etc)
  checkAsterisk(etc)
  const record = readRecord(etc)
  const { access } = wishes
  const surroundings = await readSurroundings(files, [access.amiPort, access.ariPort])
  const folder = soundsFolder(files, sounds)
  const written = new Map((record?.files ?? []).map(file => [file.path, file.written]))
  const remembered = { written: (path: string) => written.get(path) }
  const plan = planInstall({ files, shipped: readShipped(shipped), wishes, surroundings, remembered })
  checkPlaces(etc, [recordFile, ...plan.changes.map(({ path }) => path)])
  const soundPlan = planSounds(readShippedSounds(shipped), {
    there: path => digestThere(join(folder, path)),
    recorded: record?.soundsFolder === folder ? record.sounds : [],
  })
  return {
    layout: plan.layout,
    changes: plan.changes.map(change => ({ ...change, difference: difference(etc, change) })),
    sounds: { folder, count: soundPlan.writes.length },
    notes: [...plan.notes, ...soundPlan.kept.map(path => `${join(folder, path)} stays: it is not ours`)],
    carryOut(step = () => {}) {
      const newSounds = soundPlan.writes.map(sound => ({ path: sound.path, written: sound.digest }))
      const after = recordChanges(record, { changes: plan.changes, sounds: newSounds, soundsFolder: folder })
      for (const [name, text] of after.copies) writePrivate(etc, join(recordFolder, name), text)
      // Before the first change, so that an installation that is cut off can be undone.
      if (plan.changes.length + newSounds.length > 0)
        writePrivate(etc, recordFile, `${JSON.stringify(after.record, undefined, 1)}\n`)
      for (const { path } of soundPlan.writes) {
        writeSound(join(shipped, 'sounds', path), join(folder, path))
        step()
      }
      for (const change of plan.changes) {
        writeChanges(etc, [change])
        step()
      }
    },
  }
}

/** Decides how to undo it. @throws InputError `not-installed`, `record-damaged`, `copy-gone`, `marks-damaged` */
export function prepareUninstall(etc: string): Prepared {
  checkAsterisk(etc)
  const record = readRecord(etc)
  if (record === undefined)
    throw new InputError(
      'not-installed',
      `${join(etc, recordFile)} is not there: nothing in ${etc} was written by \`dialwright pbx install\``,
    )
  const files = openConfFolder(etc)
  const plan = planUninstall(files, record)
  checkPlaces(etc, [recordFile, ...plan.changes.map(({ path }) => path)])
  const state = record.sounds.map(sound => ({ ...sound, there: digestThere(join(record.soundsFolder, sound.path)) }))
  const ours = state.filter(({ there, written }) => there === written)
  const changed = state.filter(({ there, written }) => there !== undefined && there !== written)
  return {
    layout: layoutOf(files),
    changes: plan.changes.map(change => ({ ...change, difference: difference(etc, change) })),
    sounds: { folder: record.soundsFolder, count: ours.length },
    notes: [
      ...plan.notes,
      ...changed.map(({ path }) => `${join(record.soundsFolder, path)} stays: it is not ours any more`),
    ],
    carryOut(step = () => {}) {
      for (const change of plan.changes) {
        writeChanges(etc, [change])
        step()
      }
      for (const { path } of ours) {
        removeFile(join(record.soundsFolder, path))
        step()
      }
      removeFolder(join(etc, recordFolder))
      removeEmpty(join(etc, 'dialwright'))
      removeEmpty(join(record.soundsFolder, 'dialwright'))
    },
  }
}

function checkAsterisk(etc: string): void {
  if (existsSync(join(etc, 'asterisk.conf'))) return
  throw new InputError(
    'no-asterisk',
    `${join(etc, 'asterisk.conf')} is not there: install Asterisk first, or name its folder with --etc DIR`,
  )
}

function readRecord(etc: string): InstallRecord | undefined {
  const text = openConfFolder(etc).read(recordFile)
  return text === undefined ? undefined : parseRecord(text)
}

function digestThere(file: string): string | undefined {
  return existsSync(file) ? digestOf(readFileSync(file)) : undefined
}
