import { type Automation, automations } from '../compliance/rules.ts'
import type { PacingMode } from '../pacing/pacer.ts'
import { hourMs, minuteMs } from '../time.ts'
import type { CampaignSettings, PreviewSettings } from './campaign.ts'

/*
 * Modes in which nothing is dialed unless an agent says so. Their calls are of origin `manual`: the agent is reserved from the order
 * until the end, and the gate, the ledger and the caps are those of every other call. What differs is what the system does by itself:
 *
 *     predictive, ratio, progressive    selects the person, dials
 *     preview, `timeUp: call`           selects the person, dials where the agent lets the time pass
 *     preview, `timeUp: skip`           selects the person
 *     manual                            nothing: the agent says whom, and when
 */

/** A mode in which agents dial by themselves: shown one lead at a time, or by a number that they type. */
export type AgentMode = Extract<PacingMode, 'preview' | 'manual'>

/** Half a minute, and nobody is called without a hand on the key. */
export const defaultPreview: PreviewSettings = {
  decideMs: 30_000,
  timeUp: 'skip',
  skipReasons: [
    { name: 'not-now', afterMs: hourMs },
    { name: 'for-a-colleague', afterMs: 15 * minuteMs },
    { name: 'wrong-data' },
  ],
}

/** A campaign's preview, its own or the product's. */
export function previewOf({ preview }: Pick<CampaignSettings, 'preview'>): PreviewSettings {
  return preview ?? defaultPreview
}

/** The mode in which agents dial by themselves, if it is one. */
export function agentModeOf({ mode }: { readonly mode: PacingMode }): AgentMode | undefined {
  return mode === 'preview' || mode === 'manual' ? mode : undefined
}

/** What a mode does by itself. */
export function automatedBy(settings: Pick<CampaignSettings, 'pacing' | 'preview'>): readonly Automation[] {
  switch (settings.pacing.mode) {
    case 'manual':
      return []
    case 'preview':
      return previewOf(settings).timeUp === 'call' ? automations : ['selection']
    default:
      return automations
  }
}

/** What the calls of a campaign are held to: what it declares, else what its mode does. */
export function automationOf(
  settings: Pick<CampaignSettings, 'automation' | 'pacing' | 'preview'>,
): readonly Automation[] {
  return settings.automation ?? automatedBy(settings)
}
