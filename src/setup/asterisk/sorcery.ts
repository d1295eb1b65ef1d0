import { type ConfTree, isTrue, sectionOf, settingOf } from './confTree.ts'
import type { Context } from './servers.ts'

/** The objects that make a phone. */
const kinds = ['auth', 'aor', 'endpoint'] as const
/** Where Asterisk could write a new object before it comes to the memory. */
const writable = /^(realtime|astdb)\b/

/**
 * Lines that let PJSIP keep phones in its memory too, behind the places that are there. Whoever writes none has files; a line of ours
 * alone would take these away.
 */
export function sorcerySettings(tree: ConfTree, { found }: Context): readonly string[] {
  const section = sectionOf(tree, 'res_pjsip')
  const lines: string[] = []
  for (const kind of kinds) {
    const there = (section?.entries ?? []).filter(({ key }) => key.split('/')[0]?.toLowerCase() === kind)
    if (there.some(({ value }) => /^memory\b/.test(value))) continue
    const other = there.find(({ value }) => writable.test(value))
    if (other !== undefined) {
      found.notes.push(
        `${other.file} line ${other.at} keeps each ${kind} of PJSIP in ${other.value}: phones that are made here would be written there; phones.provision: false in our configuration leaves phones to you`,
      )
      continue
    }
    if (there.length === 0) lines.push(`${kind} = config,pjsip.conf,criteria=type=${kind}`)
    lines.push(`${kind} = memory`)
  }
  return lines
}

/** Says so where phones in browsers would stay without sound. */
export function noteMissingIce(tree: ConfTree, { found }: Context): void {
  const setting = settingOf(sectionOf(tree, 'general'), 'icesupport')
  if (setting !== undefined && !isTrue(setting.value))
    found.notes.push(
      `${setting.file} line ${setting.at} has icesupport = ${setting.value}: phones in browsers stay without sound; set it to yes there if you want some`,
    )
}
