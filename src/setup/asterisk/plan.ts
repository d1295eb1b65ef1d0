import { given } from '../../core/given.ts'
import { InputError } from '../../errors.ts'
import { withBlock, withoutBlock } from './blocks.ts'
import { openComments } from './confLines.ts'
import { type ConfFiles, type ConfTree, fits, readTree, sectionOf, settingOf } from './confTree.ts'
import type { Findings } from './findings.ts'
import { isGenerated, type Layout, layoutOf, type Part, parts, placeOf } from './layout.ts'
import { moduleSettings } from './modules.ts'
import { checkNames, transportLines, transportName } from './names.ts'
import { ownFileChanges, type TextChange } from './ownFiles.ts'
import { ariSettings, type Context, copiesSettings, httpSettings, managerSettings } from './servers.ts'
import { noteMissingIce, sorcerySettings } from './sorcery.ts'
import type { Remembered, Shipped, Surroundings, Wishes } from './wishes.ts'

/** What an installation would write, and what should be known beside it. */
export interface InstallPlan {
  readonly layout: Layout
  readonly changes: readonly TextChange[]
  readonly notes: readonly string[]
}

/** What a plan is made from. */
export interface Situation {
  readonly files: ConfFiles
  readonly shipped: Shipped
  readonly wishes: Wishes
  readonly surroundings: Surroundings
  readonly remembered: Remembered
}

/** Which of ours the file of a part includes. */
const includedBy: Partial<Record<Part, string>> = {
  manager: 'dialwright/manager.conf',
  ari: 'dialwright/ari.conf',
  pjsip: 'dialwright/pjsip.conf',
  extensions: 'dialwright/extensions.conf',
}

/**
 * Decides what to write into a PBX's configuration: nothing is read but what is given, nothing is written.
 * @throws InputError `pbx-conflict` something there contradicts ours, all of it in one line; `marks-damaged`, `not-writable`
 */
export function planInstall(situation: Situation): InstallPlan {
  const { files, shipped, wishes, remembered } = situation
  const found: Findings = { refusals: [], notes: [] }
  const layout = layoutOf(files)
  const context: Context = { wishes: keptWishes(situation, layout), surroundings: strangers(situation), found }
  const own = ownFileChanges(files, { shipped, wishes, remembered, found })
  const bare = without(withChanges(files, own))
  const lines = new Map<string, string[]>()
  for (const part of parts) collect(part, { bare, layout, shipped, context, lines })
  noteMissingIce(readTree('rtp.conf', bare), context)
  const edits = [...new Set([...lines.keys(), ...marked(files)])].flatMap(path => {
    const before = files.read(path)
    const after = withBlock(path, before ?? '', lines.get(path) ?? [])
    checkWritable(path, { text: before, layout, found })
    return after === before || (after === '' && before === undefined) ? [] : [{ path, before, after }]
  })
  const changes = [...own, ...edits]
  if (found.refusals.length === 0)
    checkEffect(withChanges(files, changes), { layout, touched: new Set(lines.keys()), found })
  if (found.refusals.length > 0)
    throw new InputError('pbx-conflict', `nothing was written: ${found.refusals.join('. Also: ')}`)
  return { layout, changes, notes: found.notes }
}

/** A transport that we have made stays, whoever does not name it again. */
function keptWishes({ files, wishes }: Situation, layout: Layout): Wishes {
  const { main } = placeOf(layout, 'pjsip')
  if (wishes.transport !== undefined || sectionOf(readTree(main, without(files)), transportName) !== undefined)
    return wishes
  const transport = settingOf(sectionOf(readTree(main, files), transportName), 'bind')?.value
  return { ...wishes, ...given({ transport }) }
}

/** Once our lines are there it is Asterisk itself that has the ports. */
function strangers({ files, surroundings }: Situation): Surroundings {
  return marked(files).length === 0 ? surroundings : { ...surroundings, portsTaken: new Set() }
}

interface Collecting {
  /** The files without our lines in them, with the files of our own. */
  readonly bare: ConfFiles
  readonly layout: Layout
  readonly shipped: Shipped
  readonly context: Context
  readonly lines: Map<string, string[]>
}

function collect(part: Part, { bare, layout, shipped, context, lines }: Collecting): void {
  const place = placeOf(layout, part)
  const tree = readTree(place.main, bare)
  for (const path of tree.outside)
    context.found.notes.push(`${place.main} includes ${path}, which lies elsewhere and was not looked at`)
  checkNames(tree, { part, shipped, context })
  const add = (path: string | undefined, more: readonly string[]): void => {
    if (more.length === 0) return
    if (path !== undefined) lines.set(path, [...(lines.get(path) ?? []), ...more])
    else
      context.found.refusals.push(
        `${place.main} is written by another program and needs ${more.join(', ')}: set that there`,
      )
  }
  if (part === 'pjsip') add(place.settings, transportLines(tree, context))
  else add(place.settings, settingLines(part, tree, { layout, shipped, context }))
  const include = includedBy[part]
  if (include !== undefined && !tree.read.has(include)) add(place.include, [`#include "${include}"`])
}

/** The section that a part's settings stand in; else `general`. */
const sectionNames: Partial<Record<Part, string>> = { modules: 'modules', sorcery: 'res_pjsip' }

function settingLines(
  part: Part,
  tree: ConfTree,
  { layout, shipped, context }: Pick<Collecting, 'layout' | 'shipped' | 'context'>,
): readonly string[] {
  const settings = settingsOf(part, tree, { layout, shipped, context })
  if (settings.length === 0) return []
  const section = sectionNames[part] ?? 'general'
  // A section that is there goes on; one of the same name behind it would not be read.
  return [sectionOf(tree, section) === undefined ? `[${section}]` : `[${section}](+)`, ...settings]
}

function settingsOf(
  part: Part,
  tree: ConfTree,
  { layout, shipped, context }: Pick<Collecting, 'layout' | 'shipped' | 'context'>,
): readonly string[] {
  switch (part) {
    case 'manager':
      return managerSettings(tree, context)
    case 'http':
      return httpSettings(tree, context)
    case 'ari':
      return ariSettings(tree)
    case 'hep':
      return copiesSettings(tree, context)
    case 'sorcery':
      return sorcerySettings(tree, context)
    case 'modules':
      return moduleSettings(tree, { modules: shipped.modules, layout, context })
    case 'pjsip':
    case 'extensions':
      return []
  }
}

/** Files that have lines of ours from before. */
function marked(files: ConfFiles): readonly string[] {
  return files.matching('*.conf').filter(path => {
    const text = files.read(path) ?? ''
    return withoutBlock(path, text) !== text
  })
}

function without(files: ConfFiles): ConfFiles {
  return {
    matching: pattern => files.matching(pattern),
    read: path => {
      const text = files.read(path)
      return text === undefined ? undefined : withoutBlock(path, text)
    },
  }
}

function withChanges(files: ConfFiles, changes: readonly TextChange[]): ConfFiles {
  const changed = new Map(changes.map(({ path, after }) => [path, after]))
  return {
    matching: pattern => {
      const more = [...changed.keys()].filter(path => fits(pattern, path))
      return [...new Set([...files.matching(pattern), ...more])].sort()
    },
    read: path => (changed.has(path) ? changed.get(path) : files.read(path)),
  }
}

function checkWritable(
  path: string,
  { text, layout, found }: { text: string | undefined; layout: Layout; found: Findings },
): void {
  if (text === undefined || !isGenerated(text)) return
  if (layout === 'freepbx')
    found.refusals.push(`${path} says that a program writes it, and it is where our lines belong: end that first`)
  else
    found.notes.push(`${path} says that a program writes it: our lines will be gone when it does, unless it keeps them`)
}

/** What was decided is read once more as Asterisk will: lines that are not reached would only look as if they were there. */
function checkEffect(
  files: ConfFiles,
  { layout, touched, found }: { layout: Layout; touched: ReadonlySet<string>; found: Findings },
): void {
  for (const path of touched)
    if (openComments(withoutBlock(path, files.read(path) ?? '')) > 0)
      found.refusals.push(`${path} has a comment (;--) without an end, so nothing behind it is read: end it with --;`)
  if (found.refusals.length > 0) return
  for (const part of parts) {
    const { main, include, settings } = placeOf(layout, part)
    const { read } = readTree(main, files)
    const ours = includedBy[part]
    const unread = [settings, include].find(path => path !== undefined && touched.has(path) && !read.has(path))
    if (unread !== undefined || (ours !== undefined && !read.has(ours)))
      found.refusals.push(
        `${main} does not include ${unread ?? include ?? main}, so our lines there would not be read: put that #include back`,
      )
  }
}
