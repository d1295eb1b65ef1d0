import { computed, type Signal, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { SessionView } from '../../api/access/sessions.ts'
import type { CampaignView } from '../../api/campaigns.ts'
import { Running } from '../board/campaigns.tsx'
import type { Campaign as Status } from '../board/topics.ts'
import { Answer } from '../parts/answers.tsx'
import { useAsked } from '../parts/asking.ts'
import { Tabs } from '../parts/tabs.tsx'
import { say, sayOf } from '../parts/words.ts'
import { createDraft } from './draft.ts'
import { Leads } from './leads.tsx'
import { Now } from './now.tsx'
import { addressOf, spot, type Tab, tabs } from './place.ts'
import { Saving } from './saving.tsx'
import { ScriptEditor } from './script.tsx'
import { Codes, Pacing, Settings } from './settings.tsx'
import { WhatIf } from './whatIf.tsx'

interface CampaignProps {
  readonly campaignId: string
  /** As the board has it. */
  readonly status: Status | undefined
  readonly trunkIds: readonly string[]
  readonly rights: SessionView['rights']
}

/** One campaign: how it does, and everything that it is. */
export function Campaign({ campaignId, status, trunkIds, rights }: CampaignProps) {
  const asked = useAsked<CampaignView>(`/v1/campaigns/${encodeURIComponent(campaignId)}`)
  return (
    <>
      <a href={addressOf()}>{say('campaigns.all')}</a>
      <Answer asked={asked} what={campaignId}>
        {view => (
          <Parts view={view} status={status ?? view.status} trunkIds={trunkIds} rights={rights} again={asked.again} />
        )}
      </Answer>
    </>
  )
}

interface PartsProps extends Omit<CampaignProps, 'campaignId' | 'status'> {
  readonly view: CampaignView
  readonly status: Status
  readonly again: () => void
}

function Parts({ view, status, trunkIds, rights, again }: PartsProps) {
  const { campaignId, name, state, mode } = status
  const draft = useMemo(() => createDraft(view.campaign), [campaignId])
  const mayChangeAll = rights.includes('change-campaigns')
  const mayPace = rights.includes('run-campaigns')
  const open: readonly Tab[] = tabs.filter(tab => tab !== 'leads' || rights.includes('see-leads'))
  const shows: { readonly [T in Tab]: () => preact.ComponentChildren } = {
    now: () => <Now status={status} view={view} />,
    leads: () => <Leads campaignId={campaignId} counts={view.leads} rights={rights} again={again} />,
    pacing: () => (
      <div class="board">
        <Pacing draft={draft} mayChange={mayPace} />
        {mayPace && <WhatIf draft={draft} />}
      </div>
    ),
    settings: () => <Settings draft={draft} trunkIds={trunkIds} mayChange={mayChangeAll} />,
    script: () => <ScriptEditor draft={draft} mayChange={mayChangeAll} />,
    codes: () => <Codes draft={draft} mayChange={mayChangeAll} />,
  }
  return (
    <>
      <section class="card stack" aria-labelledby="campaign-title">
        <div class="row spread">
          <h1 id="campaign-title">
            <bdi>{name}</bdi>
          </h1>
          <span>{`${sayOf('campaign', state)} · ${sayOf('mode', mode)}`}</span>
        </div>
        {view.modeBecause !== undefined && <p class="note warn">{view.modeBecause}</p>}
        {mayPace && <Running campaignId={campaignId} name={name} state={state} />}
      </section>
      <Tabs
        label={name}
        chosen={useTab(campaignId)}
        tabs={open.map(id => ({ id, title: sayOf('campaigns.tab', id), show: shows[id] }))}
      />
      {mayPace && <Saving draft={draft} mayChangeAll={mayChangeAll} />}
    </>
  )
}

/** The part that is shown, and its address. */
function useTab(campaignId: string): Signal<Tab> {
  const tab = useSignal<Tab>(spot.value.tab)
  useEffect(() => tab.subscribe(one => history.replaceState(null, '', addressOf(campaignId, one))), [campaignId])
  const asked = useMemo(() => computed(() => spot.value), [])
  useEffect(() => asked.subscribe(({ tab: wanted }) => (tab.value = wanted)), [asked])
  return tab
}
