import { InputError } from '../../errors.ts'
import { withoutBlock } from './blocks.ts'
import type { ConfFiles } from './confTree.ts'
import { ownFolder } from './names.ts'
import { digest, type TextChange } from './ownFiles.ts'
import { type InstallRecord, recordFolder, type WrittenFile } from './record.ts'

/** What an undoing would write, and what it leaves because somebody has written in it. */
export interface UndoPlan {
  readonly changes: readonly TextChange[]
  readonly notes: readonly string[]
}

/** Decides how to bring back what was there. @throws InputError `marks-damaged`, `copy-gone` */
export function planUninstall(files: ConfFiles, record: InstallRecord): UndoPlan {
  const steps = record.files.map(file => undo(file, files))
  return {
    changes: steps.flatMap(({ change }) => (change === undefined || change.before === change.after ? [] : [change])),
    notes: steps.flatMap(({ note }) => (note === undefined ? [] : [note])),
  }
}

interface Step {
  readonly change?: TextChange
  readonly note?: string
}

function undo(file: WrittenFile, files: ConfFiles): Step {
  const { path } = file
  const before = files.read(path)
  if (before === undefined) return { note: `${path} is gone already` }
  if (digest(before) === file.written) return { change: { path, before, after: original(file, files) } }
  if (path.startsWith(ownFolder))
    return { note: `${path} stays: somebody has written in it since, and nothing includes it now` }
  const after = withoutBlock(path, before)
  if (after === before) return {}
  const note = `${path} has changed since: our lines are taken out, and the rest stays as it is`
  return { change: { path, before, after: after === '' && file.copy === undefined ? undefined : after }, note }
}

function original({ path, copy }: WrittenFile, files: ConfFiles): string | undefined {
  if (copy === undefined) return undefined
  const text = files.read(`${recordFolder}/${copy}`)
  if (text !== undefined) return text
  throw new InputError(
    'copy-gone',
    `the copy ${recordFolder}/${copy} of ${path} is gone: take our lines out of ${path} by hand, and its entry out of ${recordFolder}/record.json`,
  )
}
