import { type ConfTree, isTrue, sectionOf, settingOf } from './confTree.ts'
import type { Layout } from './layout.ts'
import type { Context } from './servers.ts'

/** Modules whose absence only makes our configuration shorter: an older codec, a log, phones in browsers, what nothing here uses yet. */
const dispensable =
  /^(codec_|format_|res_pjsip_logger$|res_websocket_client$|app_echo$|res_format_attr_opus$|res_srtp$|res_pjsip_transport_websocket$|res_tonedetect$|app_amd$|func_talkdetect$)/

/** Lines that load what we need and modules.conf does not; noload wins in Asterisk over every load. */
export function moduleSettings(
  tree: ConfTree,
  {
    modules,
    layout,
    context,
  }: { readonly modules: readonly string[]; readonly layout: Layout; readonly context: Context },
): readonly string[] {
  const { found, surroundings } = context
  const section = sectionOf(tree, 'modules')
  const named = (key: string): ReadonlySet<string> =>
    new Set(
      (section?.entries ?? [])
        .filter(entry => entry.key.toLowerCase() === key)
        .map(({ value }) => value.replace(/\.so$/, '')),
    )
  const wanted = modules.filter(name => !dispensable.test(name))
  const refused = named('noload')
  for (const entry of section?.entries ?? []) {
    const name = entry.value.replace(/\.so$/, '')
    if (entry.key.toLowerCase() === 'noload' && wanted.includes(name))
      found.refusals.push(
        `${entry.file} line ${entry.at} keeps ${name} from being loaded, which is needed: take that line out`,
      )
  }
  const isThere = (name: string): boolean => surroundings.modulesThere?.has(name) ?? true
  const absent = wanted.filter(name => !isThere(name))
  if (absent.length > 0)
    found.refusals.push(
      `Asterisk has no ${absent.join(', ')} in its folder of modules: install them (Debian: apt-get install asterisk-modules), or Asterisk 22`,
    )
  if (isTrue(settingOf(section, 'autoload')?.value)) return []
  const loaded = new Set(['load', 'preload', 'require', 'preload-require'].flatMap(key => [...named(key)]))
  const missing = modules.filter(name => !loaded.has(name) && !refused.has(name) && isThere(name))
  if (missing.length === 0 || layout === 'plain') return missing.map(name => `load = ${name}.so`)
  found.refusals.push(
    `modules.conf has autoload = no and does not load ${missing.join(', ')}: add them there as FreePBX lets you, or set autoload = yes`,
  )
  return []
}
