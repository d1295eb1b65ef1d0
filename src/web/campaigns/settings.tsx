import type { CampaignSoundsView } from '../../api/campaigns.ts'
import { Answer } from '../parts/answers.tsx'
import { useAsked } from '../parts/asking.ts'
import { say, type Word } from '../parts/words.ts'
import type { Draft } from './draft.ts'
import { ChoiceField, FlagsField, LinesField, NumberField, TextField, ToggleField, weekday } from './fields.tsx'
import { RowsField } from './rows.tsx'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const afterWhat = [
  ...['connected', 'abandoned', 'machine', 'busy', 'no-answer', 'congestion', 'rejected', 'failed', 'withdrawn'],
  'hung-up-waiting',
]

interface SettingsProps {
  readonly draft: Draft
  readonly trunkIds: readonly string[]
  readonly mayChange: boolean
}

/** Everything that a campaign is, but its pacing, its words and its codes. */
export function Settings({ draft, trunkIds, mayChange }: SettingsProps) {
  return (
    <fieldset class="stack" disabled={!mayChange} key={draft.version.value}>
      <legend class="unseen">{say('campaigns.settings')}</legend>
      {!mayChange && <p class="note">{say('campaigns.only-looking')}</p>}
      <Purpose draft={draft} />
      <Calls draft={draft} trunkIds={trunkIds} />
      <Times draft={draft} />
      <Sounds draft={draft} />
      <Agents draft={draft} />
      <Limits draft={draft} />
    </fieldset>
  )
}

interface GroupProps {
  readonly title: Word
  readonly children: preact.ComponentChildren
}

function Group({ title, children }: GroupProps) {
  return (
    <details class="card" open>
      <summary>
        <h2 class="inline">{say(title)}</h2>
      </summary>
      <div class="fields above">{children}</div>
    </details>
  )
}

function Purpose({ draft }: { readonly draft: Draft }) {
  return (
    <Group title="campaigns.who-and-why">
      <TextField draft={draft} path="name" />
      <ChoiceField draft={draft} path="purpose" choices={['sales', 'service', 'debt', 'survey', 'public']} />
      <TextField draft={draft} path="topic" />
      <TextField draft={draft} path="seller.id" />
      <TextField draft={draft} path="seller.place" />
      <ChoiceField draft={draft} path="consent" choices={['respected', 'required']} />
      <ChoiceField draft={draft} path="voice" choices={['live', 'recorded', 'artificial']} mayBeNone />
      <TextField draft={draft} path="optOutNumber" />
      <LinesField draft={draft} path="countries" />
      <TextField draft={draft} path="filter" />
      <RowsField draft={draft} path="lists" columns={[{ key: 'list' }, { key: 'share', kind: 'number' }]} />
    </Group>
  )
}

function Calls({ draft, trunkIds }: { readonly draft: Draft; readonly trunkIds: readonly string[] }) {
  return (
    <Group title="campaigns.lines">
      <FlagsField draft={draft} path="trunks" choices={trunkIds} />
      <LinesField draft={draft} path="callerIds" />
      <TextField draft={draft} path="ringTimeout" />
      <TextField draft={draft} path="setupTimeout" />
      <TextField draft={draft} path="maxCall" />
      <TextField draft={draft} path="webhook" />
      <NumberField draft={draft} path="shortCallRateMax" isShare />
    </Group>
  )
}

function Times({ draft }: { readonly draft: Draft }) {
  return (
    <Group title="campaigns.times">
      <TextField draft={draft} path="hours" />
      <FlagsField draft={draft} path="weekdays" choices={weekdays} says={weekday} />
      <NumberField draft={draft} path="retry.attempts" />
      <ToggleField draft={draft} path="retry.sameHour" />
      {afterWhat.map(word => (
        <TextField key={word} draft={draft} path={`retry.${word}`} />
      ))}
      <NumberField draft={draft} path="dayCaps.attempts" />
      <NumberField draft={draft} path="dayCaps.minutes" />
    </Group>
  )
}

function Sounds({ draft }: { readonly draft: Draft }) {
  const asked = useAsked<CampaignSoundsView>(`/v1/campaigns/${encodeURIComponent(draft.campaignId)}/sounds`)
  return (
    <Group title="campaigns.sounds">
      <TextField draft={draft} path="message" />
      <TextField draft={draft} path="optOutKey" />
      <ChoiceField draft={draft} path="respectLine.language" choices={['en', 'es', 'zh']} mayBeNone />
      <TextField draft={draft} path="respectLine.who" />
      <TextField draft={draft} path="respectLine.source" />
      <div class="whole">
        <Answer asked={asked} what={say('campaigns.sounds')}>
          {({ missing, notAsked }) =>
            missing.length + notAsked.length === 0 ? (
              <p class="small muted">{say('campaigns.sounds-there')}</p>
            ) : (
              <ul class="plain stack tight">
                {missing.map(({ nodeId, sound, says }) => (
                  <li key={`${nodeId} ${sound}`} class="note warn">
                    {says}
                  </li>
                ))}
                {notAsked.map(nodeId => (
                  <li key={nodeId} class="note warn">
                    {say('campaigns.sounds-not-asked', { id: nodeId })}
                  </li>
                ))}
              </ul>
            )
          }
        </Answer>
      </div>
    </Group>
  )
}

function Agents({ draft }: { readonly draft: Draft }) {
  return (
    <Group title="campaigns.agents">
      <RowsField draft={draft} path="pauses" columns={[{ key: 'reason' }, { key: 'lasts' }]} isGroup />
      <TextField draft={draft} path="preview.decide" />
      <ChoiceField draft={draft} path="preview.timeUp" choices={['skip', 'call']} mayBeNone />
      <RowsField draft={draft} path="preview.skipReasons" columns={[{ key: 'reason' }, { key: 'after' }]} isGroup />
    </Group>
  )
}

function Limits({ draft }: { readonly draft: Draft }) {
  return (
    <Group title="campaigns.limits">
      <RowsField
        draft={draft}
        path="limits"
        columns={[
          { key: 'max', kind: 'number' },
          { key: 'window' },
          { key: 'per', choices: ['number', 'person'] },
          { key: 'across', choices: ['all', 'purpose', 'topic', 'campaign'] },
        ]}
      />
      <ToggleField draft={draft} path="fatigue.on" />
      <NumberField draft={draft} path="fatigue.limit" />
      <TextField draft={draft} path="fatigue.halfLife" />
      <TextField draft={draft} path="fatigue.rest" />
    </Group>
  )
}

/** What agents may say came of a call, by the key of their telephone. */
export function Codes({ draft, mayChange }: Omit<SettingsProps, 'trunkIds'>) {
  return (
    <fieldset class="stack" disabled={!mayChange} key={draft.version.value}>
      <legend class="unseen">{say('campaigns.tab.codes')}</legend>
      <div class="fields">
        <TextField draft={draft} path="wrapUp.timeout" />
        <RowsField draft={draft} path="wrapUp.codes" columns={[{ key: 'key' }, { key: 'code' }]} isGroup />
      </div>
    </fieldset>
  )
}

const modes = ['predictive', 'progressive', 'ratio', 'preview', 'manual']

/** How fast it dials. */
export function Pacing({ draft, mayChange }: Omit<SettingsProps, 'trunkIds'>) {
  return (
    <fieldset class="stack" disabled={!mayChange} key={draft.version.value}>
      <legend class="unseen">{say('campaigns.tab.pacing')}</legend>
      <div class="fields">
        <ChoiceField draft={draft} path="pacing.mode" choices={modes} />
        <NumberField draft={draft} path="pacing.ratio" />
        <NumberField draft={draft} path="pacing.abandonmentTarget" isShare />
        <NumberField draft={draft} path="pacing.abandonmentRateMax" isShare />
        <NumberField draft={draft} path="pacing.dialLevelMax" />
        <NumberField draft={draft} path="pacing.intensity" isShare />
        <NumberField draft={draft} path="pacing.occupancyMax" isShare />
        <NumberField draft={draft} path="pacing.agentGapMs" />
        <NumberField draft={draft} path="pacing.personTakenForMachineRate" isShare />
        <TextField draft={draft} path="ringTimeout" />
        <ToggleField draft={draft} path="pacing.ringWithdrawal" />
        <NumberField draft={draft} path="pacing.ringWithdrawalAfterMs" />
        <RowsField
          draft={draft}
          path="pacing.abandonmentWindows"
          columns={[
            { key: 'name' },
            { key: 'kind', choices: ['', 'life', 'successive', 'rolling', 'calendar-month'] },
            { key: 'lengthMs', kind: 'number' },
            { key: 'rateMax', kind: 'number' },
          ]}
        />
      </div>
    </fieldset>
  )
}
