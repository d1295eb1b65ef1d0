import { changedSettings } from '../../config/campaignChange.ts'
import { type ConfigChange, configChanges, hiddenSecrets, isSecretKey } from '../../config/configChange.ts'
import type { Config } from '../../config.ts'
import { loadConfig } from '../../config.ts'
import { given } from '../../core/given.ts'
import { loadRuleBook } from '../../rules/ruleBook.ts'
import { serveAnswers } from '../../threads/threads.ts'

/** What the configuration is held against. */
export interface ConfigQuestion {
  readonly file: string
  /** As the daemon was started: what only a restart changes is compared with it. */
  readonly started: Config
  /** As it was applied last. */
  readonly applied: Config
  readonly rulesVersion: string
}

/** The configuration as it is now, whole and right, and what differs. */
export interface ConfigAnswer {
  readonly config: Config
  readonly changes: readonly ConfigChange[]
}

/** Campaigns are compared as they come out, for trunks and seller have a say in them. */
const comparedApart = ['campaigns']

serveAnswers<undefined, ConfigQuestion, ConfigAnswer>(() => ({
  answer({ file, started, applied, rulesVersion }) {
    const config = loadConfig(file)
    const rules = loadRuleBook(config.rules)
    const ofStart = configChanges(started.document, config.document, comparedApart)
    const sinceApplied = configChanges(applied.document, config.document, comparedApart)
    const changes = [
      ...sinceApplied.filter(({ effect }) => effect === 'live'),
      ...campaignChanges(applied, config),
      ...ofStart.filter(({ effect }) => effect === 'restart'),
      ...hiddenSecrets(started, config, ofStart),
    ]
    const rulesChanged = rules.version !== rulesVersion && !changes.some(({ key }) => key.startsWith('rules.'))
    if (rulesChanged) changes.push({ key: 'rules', before: rulesVersion, after: rules.version, effect: 'restart' })
    return { config, changes }
  },
  close() {},
}))

function campaignChanges(before: Config, after: Config): readonly ConfigChange[] {
  const known = new Map(before.campaigns.map(settings => [settings.campaignId, settings]))
  return after.campaigns.flatMap(settings => {
    const { campaignId } = settings
    const was = known.get(campaignId)
    if (was === undefined) return [{ key: `campaigns.${campaignId}`, after: 'new', effect: 'live' } as const]
    return changedSettings(was, settings).map(({ path, before: old, now }): ConfigChange => {
      const key = `campaigns.${campaignId}.${path}`
      const values = isSecretKey(key)
        ? { before: old && '(not shown)', after: now && '(not shown)' }
        : { before: old, after: now }
      return { key, effect: 'live', ...given(values) }
    })
  })
}
