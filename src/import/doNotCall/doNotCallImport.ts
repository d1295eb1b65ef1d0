import { rm } from 'node:fs/promises'
import type { DoNotCallListState } from '../../core/compliance/doNotCall.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import { dayMs } from '../../core/time.ts'
import { InputError } from '../../errors.ts'
import { createNumberReader } from '../../numbers/phone.ts'
import { isKnownPlace } from '../../numbers/places.ts'
import { type BulkListVersion, listState, ownLists } from '../../ports/bulkLists.ts'
import type { DoNotCallImportReport, DoNotCallImportRequest } from '../../ports/doNotCall.ts'
import type { Store } from '../../ports/store.ts'
import { workerAt } from '../../threads/threads.ts'
import { runImportThread } from '../importThread.ts'
import { createProgress } from '../progress.ts'
import type { DoNotCallData, DoNotCallResult } from './doNotCallWorker.ts'

const rubbishMaxDefault = 0.05
/** A full list smaller than this part of its former version is taken for a broken one. */
const shrinkRatioMin = 0.5
/** 47 CFR 64.1200(c)(2)(i)(D): no version of the national list older than 31 days. The verdict checks; here we warn. */
const ageMaxMs = 31 * dayMs
/** East of us it may be tomorrow already; a list from later than that would never grow old. */
const aheadMaxMs = dayMs

/** A store of bulk lists, and whether it keeps files in which they can come in. */
export type ListStore = Pick<Store, 'doNotCallLists' | 'files'>

/**
 * Builds the next version of a list in a thread and puts it in the place of the last one.
 * @throws InputError what is wrong with the request or the file; the list stays as it was
 */
export async function importDoNotCall(
  store: ListStore,
  request: DoNotCallImportRequest,
  now: () => InstantMs,
): Promise<DoNotCallImportReport> {
  const startedAt = performance.now()
  const { list, source, stream } = request
  const { files } = store
  if (files === undefined)
    throw new InputError('no-files', 'this store keeps no files: a do-not-call list cannot be imported into it')
  const last = (await store.doNotCallLists()).find(({ name }) => name === list)
  const identity = checkRequest(request, last)
  if ((request.asOf ?? 0) > now() + aheadMaxMs)
    throw new InputError('bad-date', `the content of "${list}" is dated in the future: say the day that it is of`)
  checkAge(request, last)
  const base = request.delta === undefined ? undefined : await files.bulkListFile(list)
  const file = await files.newBulkListFile(list)
  const progress = createProgress(request)
  try {
    const made = await runImportThread<{ rows: number }, DoNotCallResult>({
      file: workerAt('./doNotCallWorker', import.meta.url),
      data: dataOf(request, file, base),
      stream,
      onBytes: progress.bytes,
      onBatch: async batch => progress.rows(batch.rows),
    })
    checkResult(request, made, last)
    if (await isGone(store, request)) throw unknownList(list)
    const importedAt = now()
    const version: BulkListVersion = {
      ...identity,
      list,
      file,
      source,
      importedAt,
      numbers: made.numbers,
      version: request.version ?? made.version,
      asOf: request.asOf ?? importedAt,
    }
    await files.installBulkList(version)
    return reportOf(request, { made, version, durationMs: Math.round(performance.now() - startedAt) })
  } catch (error) {
    await rm(file, { force: true })
    throw (await isGone(store, request)) ? unknownList(list) : error
  }
}

/** An older change would take numbers off that have been put on since. */
function checkAge({ list, asOf, delta }: DoNotCallImportRequest, last: DoNotCallListState | undefined): void {
  if (delta === undefined || asOf === undefined || last === undefined || dayOf(asOf) >= dayOf(last.asOf)) return
  const message = `this change of "${list}" is of ${dayOf(asOf)}, older than the content in use (${dayOf(last.asOf)}): nothing is imported`
  throw new InputError('older-content', message)
}

function dayOf(at: InstantMs): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** A list that was dropped while its change was read stays dropped. */
async function isGone(store: ListStore, { list, delta }: DoNotCallImportRequest): Promise<boolean> {
  return delta !== undefined && !(await store.doNotCallLists()).some(({ name }) => name === list)
}

function dataOf(request: DoNotCallImportRequest, file: string, base: string | undefined): DoNotCallData {
  const { defaultCountry, column, delta, rubbishMax = rubbishMaxDefault } = request
  return {
    file,
    defaultCountry,
    rubbishMax,
    ...given({ column, delta, base }),
  }
}

type Identity = Pick<BulkListVersion, 'kind' | 'place' | 'campaignId'>

/** What the list is: as it was, unless the request says otherwise. */
function checkRequest(request: DoNotCallImportRequest, last: DoNotCallListState | undefined): Identity {
  const { list, delta, rubbishMax = rubbishMaxDefault } = request
  checkListName(list)
  createNumberReader(request.defaultCountry)
  if (delta !== undefined && last === undefined) throw unknownList(list)
  if (!(rubbishMax >= 0 && rubbishMax <= 1))
    throw new InputError('bad-rubbish-max', 'the share of unreadable rows is a ratio from 0 to 1')
  const { kind = last?.kind ?? 'other' } = request
  const former = kind === last?.kind ? last : undefined
  const { place = former?.place, campaignId = former?.campaignId } = request
  if (delta !== undefined && (kind !== last?.kind || place !== last.place || campaignId !== last.campaignId)) {
    throw new InputError('other-list', `"${list}" is of another kind or place: a change file cannot alter that`)
  }
  checkPlace(kind, place)
  if ((kind === 'campaign') !== (campaignId !== undefined))
    throw new InputError('bad-campaign', 'a list of kind campaign, and no other, names its campaign')
  return { kind, ...given({ place, campaignId }) }
}

function checkPlace(kind: BulkListVersion['kind'], place: string | undefined): void {
  if (place !== undefined && !isKnownPlace(place))
    throw new InputError(
      'bad-place',
      `"${place}" is no place that is known: write a country such as US, or a state such as US-FL`,
    )
  const shape = { national: /^[A-Z]{2}$/, state: /^[A-Z]{2}-[A-Z0-9]{1,3}$/ }
  if (kind !== 'national' && kind !== 'state') {
    if (place === undefined) return
    throw new InputError(
      'bad-place',
      `a list of kind ${kind} has no place: say --kind national or state, or leave the place out`,
    )
  }
  if (shape[kind].test(place ?? '')) return
  const example = kind === 'national' ? 'its country, such as US' : 'its state, such as US-FL'
  throw new InputError('bad-place', `a ${kind} list needs the place where it holds: ${example}`)
}

function unknownList(list: string): InputError {
  return new InputError('unknown-list', `there is no list "${list}" to change: import it in full first`)
}

function checkResult(
  request: DoNotCallImportRequest,
  made: DoNotCallResult,
  last: DoNotCallListState | undefined,
): void {
  const { list, source, delta, shrinkOk = false } = request
  if (delta === undefined && made.numbers === 0 && made.prefixes === 0)
    throw new InputError('empty-list', `${source} holds no number: the list "${list}" stays as it was`)
  if (delta !== undefined || shrinkOk || last === undefined) return
  if (made.numbers >= last.numbers * shrinkRatioMin) return
  const message = `${source} holds ${made.numbers} numbers and "${list}" had ${last.numbers}: the list stays as it was; if that is right, import it again with --shrink-ok`
  throw new InputError('list-shrank', message)
}

function checkListName(list: string): void {
  if (ownLists.some(own => own === list)) {
    const message = `"${list}" is the company's own list, which no import replaces: give this one another name`
    throw new InputError('reserved-name', message)
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9 _.-]{0,59}$/.test(list)) {
    throw new InputError(
      'bad-list-name',
      `"${list}" is no name for a list: use up to 60 letters, digits, ".", "_", "-"`,
    )
  }
}

function reportOf(
  { source }: DoNotCallImportRequest,
  { made, version, durationMs }: { made: DoNotCallResult; version: BulkListVersion; durationMs: number },
): DoNotCallImportReport {
  const { rows, read, possible, imported, invalid, remarks, problems, prefixes, changes } = made
  return {
    source,
    rows,
    imported,
    invalid,
    // What rows may mean that cannot be read is counted where it is new on the list.
    duplicates: Math.max(0, read - imported),
    ...problems,
    durationMs,
    prefixes,
    list: listState(version),
    warnings: [...warningsOf(version), ...remarks, ...unreadWarning(invalid, possible)],
    ...given({ changes }),
  }
}

function unreadWarning(invalid: number, possible: number): readonly string[] {
  if (invalid === 0) return []
  const blocked =
    possible === 0
      ? 'nobody knows whom they mean'
      : `the ${possible} numbers and beginnings that they may mean are blocked`
  return [`${invalid} entries cannot be read: ${blocked}; put them right and import the list again`]
}

function warningsOf({ list, asOf, importedAt }: BulkListVersion): readonly string[] {
  if (asOf > importedAt) return [`the content of "${list}" is dated in the future: is the date right?`]
  const days = Math.floor((importedAt - asOf) / dayMs)
  if (importedAt - asOf <= ageMaxMs) return []
  return [`the content of "${list}" is ${days} days old; laws allow a national list of at most 31 days: get a new one`]
}
