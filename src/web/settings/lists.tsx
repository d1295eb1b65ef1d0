import { useSignal } from '@preact/signals'
import type { SessionView } from '../../api/access/sessions.ts'
import type { ListsView } from '../../api/doNotCall.ts'
import { Answer, Confirm, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useAsked, useDeed } from '../parts/asking.ts'
import { Choice, Part, Text } from '../parts/forms.tsx'
import { count, dayTime, say, sayOf } from '../parts/words.ts'
import { Proposals } from './proposals.tsx'
import { Upload } from './upload.tsx'

type List = ListsView['lists'][number]

const kinds = ['national', 'state', 'campaign', 'other'] as const
const bases = ['written', 'express', 'purchase', 'inquiry'] as const

interface ListsProps {
  readonly rights: SessionView['rights']
  /** False: they have some campaigns alone; lists are the whole house's. */
  readonly isWhole: boolean
}

/** Do-not-call lists, what calls have worn out, and permissions from files. */
export function Lists({ rights, isWhole }: ListsProps) {
  const asked = useAsked<ListsView>('/v1/do-not-call')
  const mayImport = rights.includes('import-lists') && isWhole
  return (
    <div class="stack">
      <Part title={say('settings.lists')}>
        <Answer asked={asked} what={say('settings.lists')}>
          {({ lists }) => (
            <>
              {lists.length === 0 && <p class="muted">{say('settings.no-lists')}</p>}
              <ul class="plain listed">
                {lists.map(list => (
                  <OneList key={list.name} list={list} mayChange={mayImport} onGone={asked.again} />
                ))}
              </ul>
            </>
          )}
        </Answer>
        {mayImport && <ImportList onDone={asked.again} />}
      </Part>
      {mayImport && <ImportPermissions />}
      {rights.includes('see-leads') && <Proposals mayAccept={rights.includes('record-wishes')} />}
    </div>
  )
}

interface OneListProps {
  readonly list: List
  readonly mayChange: boolean
  readonly onGone: () => void
}

function OneList({ list: { name, numbers, kind, place, asOf, version, ageMaxDays }, mayChange, onGone }: OneListProps) {
  const isAsked = useSignal(false)
  const isRight = useSignal(false)
  const deed = useDeed()
  const path = `/v1/do-not-call/lists/${encodeURIComponent(name)}`
  const verify = async (): Promise<void> => {
    isRight.value = await deed.run(() => ask('POST', `${path}/verify`))
  }
  const drop = async (): Promise<void> => {
    if (await deed.run(() => ask('DELETE', path))) onGone()
  }
  const days = Math.floor((Date.now() - Date.parse(asOf)) / 86_400_000)
  const facts = [sayOf('settings.kind', kind), place, version, dayTime(asOf)]
  return (
    <li class="stack">
      <div class="row spread">
        <span>
          <strong>{name}</strong>
          {` · ${count(numbers)} ${say('settings.numbers')}`}
          <span class="small muted">{facts.map(fact => fact !== undefined && ` · ${fact}`)}</span>
          <Age days={days} max={ageMaxDays} />
        </span>
        {mayChange && (
          <span class="row">
            <button type="button" disabled={deed.isBusy.value} onClick={() => void verify()}>
              {say('settings.verify')}
            </button>
            <button type="button" class="act" onClick={() => (isAsked.value = true)}>
              {say('settings.drop')}
            </button>
          </span>
        )}
      </div>
      <div role="status">{isRight.value && <p class="note">{say('settings.verified', { name })}</p>}</div>
      {isAsked.value ? (
        <Confirm
          title={say('settings.remove-sure', { name })}
          does={say('settings.drop')}
          deed={deed}
          isGrave
          onYes={() => void drop()}
          onNo={() => (isAsked.value = false)}
        >
          <p>{say('settings.drop-means')}</p>
        </Confirm>
      ) : (
        <Refused refused={deed.refused} />
      )}
    </li>
  )
}

function Age({ days, max }: { readonly days: number; readonly max: number | undefined }) {
  if (max === undefined) return <span class="small muted">{` · ${say('settings.days-old', { days })}`}</span>
  if (days > max) return <p class="small acts">{say('settings.too-old', { days, max })}</p>
  return <span class="small muted">{` · ${say('settings.of-allowed', { days, max })}`}</span>
}

/** A query of what has been filled in. */
function query(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(Object.entries(fields).filter(([, value]) => value.trim() !== '')).toString()
}

function ImportList({ onDone }: { readonly onDone: () => void }) {
  const [list, kind, place, asOf] = [useSignal(''), useSignal('national'), useSignal(''), useSignal('')]
  const campaignId = useSignal('')
  const path = (): string => {
    const isPlaced = kind.value === 'national' || kind.value === 'state'
    const where = { place: isPlaced ? place.value : '', campaignId: kind.value === 'campaign' ? campaignId.value : '' }
    return `/v1/do-not-call/import?${query({ list: list.value, kind: kind.value, asOf: asOf.value, ...where })}`
  }
  return (
    <Upload title={say('settings.import-list')} path={path} onDone={onDone}>
      <Text label={say('settings.list')} value={list} isRequired maxLength={40} />
      <Choice
        label={say('settings.list-kind')}
        value={kind}
        choices={kinds.map(one => [one, say(`settings.kind.${one}`)] as const)}
      />
      {(kind.value === 'national' || kind.value === 'state') && (
        <Text label={say('settings.place')} value={place} isRequired maxLength={6} />
      )}
      {kind.value === 'campaign' && (
        <Text label={say('settings.campaign')} value={campaignId} isRequired maxLength={40} />
      )}
      <Text label={say('settings.as-of')} value={asOf} type="date" />
    </Upload>
  )
}

function ImportPermissions() {
  const [basis, how, givenOn, topics] = [useSignal(''), useSignal(''), useSignal(''), useSignal('')]
  const path = (): string => {
    const givenAt = givenOn.value === '' ? '' : `${givenOn.value}T00:00:00Z`
    const fields = { basis: basis.value, how: how.value, givenAt, topics: topics.value.replaceAll(' ', '') }
    return `/v1/permissions/import?${query(fields)}`
  }
  const choices = bases.map(one => [one, say(`settings.basis.${one}`)] as const)
  return (
    <Upload title={say('settings.import-permissions')} path={path} onDone={() => {}}>
      <Choice label={say('settings.basis')} value={basis} choices={[['', say('settings.basis-column')], ...choices]} />
      <Text label={say('settings.how')} value={how} />
      <Text label={say('settings.given')} value={givenOn} type="date" />
      <Text label={say('settings.topics')} value={topics} />
    </Upload>
  )
}
