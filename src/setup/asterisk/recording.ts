import { given } from '../../core/given.ts'
import { withoutBlock } from './blocks.ts'
import { digest, type TextChange } from './ownFiles.ts'
import { copyName, type InstallRecord, type Recording, type WrittenFile, type WrittenSound } from './record.ts'

/**
 * The record after these changes. What was there before the first installation stays on record through all later ones, unless
 * somebody has written in the file since: then it is that which an undoing brings back.
 */
export function recordChanges(
  before: InstallRecord | undefined,
  {
    changes,
    sounds,
    soundsFolder,
  }: { changes: readonly TextChange[]; sounds: readonly WrittenSound[]; soundsFolder: string },
): Recording {
  const copies = new Map<string, string>()
  const files = new Map((before?.files ?? []).map(file => [file.path, file]))
  for (const { path, before: text, after } of changes) {
    if (after === undefined) continue
    const known = files.get(path)
    files.set(path, { path, written: digest(after), ...copyOf(path, { text, known, copies }) })
  }
  const kept = (before?.sounds ?? []).filter(({ path }) => !sounds.some(sound => sound.path === path))
  return { record: { soundsFolder, files: [...files.values()], sounds: [...kept, ...sounds] }, copies }
}

function copyOf(
  path: string,
  { text, known, copies }: { text: string | undefined; known: WrittenFile | undefined; copies: Map<string, string> },
): Pick<WrittenFile, 'copy'> {
  if (known !== undefined && (text === undefined || digest(text) === known.written)) return given({ copy: known.copy })
  if (text === undefined) return {}
  const copy = copyName(path)
  copies.set(copy, withoutBlock(path, text))
  return { copy }
}
