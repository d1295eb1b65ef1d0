import fc from 'fast-check'
import { dispositions } from '../../../src/core/vocabulary.ts'

/** Instants of a run are multiples of half an hour. */
const at = fc.nat({ max: 50 })
const maybeAt = fc.option(at, { nil: undefined })
const campaign = fc.nat({ max: 1 })
/** Which of the campaign's leads, of the numbers, of the calls so far; what is not there is the last. */
const lead = fc.nat({ max: 9 })
/** Mostly the same few, so that things happen to one number. */
const number = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 1 }) }, { weight: 2, arbitrary: fc.nat({ max: 5 }) })
const call = fc.nat({ max: 15 })
const topics = fc.subarray(['care', 'spring'])
const seller = fc.constantFrom(undefined, 'acme', 'fern')
const how = fc.constantFrom('activate', 'activate', 'discard', 'leave')
const list = fc.constantFrom('leads', 'fresh')

/** What can happen to a store, in any order; what is impossible in a state must be refused by every store alike. */
export const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('begin' as const), campaign, lead, at }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      call,
      disposition: fc.constantFrom(...dispositions),
      detail: fc.constantFrom(undefined, 'no-agent', 'opted-out', 'application-gone'),
      ringingAt: maybeAt,
      answeredAt: maybeAt,
      messageAt: maybeAt,
      retryAt: fc.option(at, { nil: null }),
      counts: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wrap-up' as const),
      call,
      code: fc.constantFrom('sale', 'machine', 'timeout', 'complaint', 'wrong-person', 'deceased'),
      refusal: fc.boolean(),
      callbackAt: maybeAt,
      callbackAgentId: fc.constantFrom(undefined, 'a1'),
      leadRetryAt: maybeAt,
      note: fc.constantFrom(undefined, 'a note'),
      form: fc.constantFrom(undefined, { budget: '12' }),
      at: maybeAt,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('line' as const), call, packets: fc.nat({ max: 9 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('defer' as const),
      campaign,
      lead,
      until: fc.option(at, { nil: null }),
      reason: fc.constantFrom('resting', 'do-not-call', 'filtered-out', 'fatigue-limit', 'attempts-exhausted'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('release' as const),
      campaign,
      number: fc.option(number, { nil: undefined }),
      reasons: fc.subarray(['filtered-out', 'fatigue-limit', 'outside-calling-hours'] as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('recycle' as const),
      listed: fc.constantFrom(undefined, true as const),
      campaign,
      list: fc.constantFrom(undefined, 'leads', 'fresh'),
      last: fc.oneof(fc.constant([]), fc.subarray([...dispositions])),
      resetAttempts: fc.boolean(),
      attemptsMax: fc.integer({ min: 1, max: 3 }),
      dryRun: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      campaign,
      list: fc.constantFrom(undefined, 'leads', 'fresh'),
      at,
      limit: fc.integer({ min: 1, max: 9 }),
      exclude: fc.array(lead, { maxLength: 3 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('block' as const),
      number,
      list: fc.constantFrom('company', 'company', 'retired', 'wrong-person', 'deceased', 'seller:acme', 'seller:fern'),
      on: fc.boolean(),
      note: fc.constantFrom(undefined, 'by letter', 'call other-1'),
      at,
    }),
  },
  fc.record({ kind: fc.constant('prefix' as const), digits: fc.integer({ min: 9, max: 11 }), on: fc.boolean(), at }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('import' as const),
      campaign,
      how,
      list,
      at,
      rows: fc.array(
        fc.record({
          number,
          priority: fc.integer({ min: -1, max: 1 }),
          person: fc.constantFrom(undefined, 'jane', 'john'),
          origin: fc.constantFrom(undefined, 'a form', 'a fair'),
          past: fc.constantFrom(undefined, 'retry', 'finished'),
        }),
        { maxLength: 4 },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('permit' as const),
      number,
      topics,
      channels: fc.subarray(['call', 'text']),
      seller,
      expiresAt: maybeAt,
      at,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('withdraw' as const),
      number,
      topic: fc.constantFrom(undefined, 'care', 'spring'),
      at,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('import-permissions' as const),
      how,
      at,
      rows: fc.array(fc.record({ number, topics, withdrawnAt: maybeAt, seller }), { maxLength: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('hours' as const), number, on: fc.boolean(), at }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('erase' as const), number, at }) },
  fc.record({ kind: fc.constant('erase-subject' as const), number, at }),
  fc.record({ kind: fc.constant('rules' as const), shipped: fc.boolean(), at }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('apply' as const),
      campaign,
      sellerId: fc.constantFrom('acme', 'fern'),
      purpose: fc.constantFrom('sales', 'debt'),
      topic: fc.constantFrom('spring', 'care'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('progress' as const),
      campaign,
      running: fc.boolean(),
      learned: fc.boolean(),
    }),
  },
  fc.record({
    kind: fc.constant('agent' as const),
    how: fc.constantFrom('save', 'remove', 'import', 'stay-removed', 'drop'),
    agent: fc.nat({ max: 2 }),
    name: fc.constantFrom('Ann', 'Ben'),
  }),
  fc.record({
    kind: fc.constant('install' as const),
    list: fc.nat({ max: 1 }),
    numbers: fc.uniqueArray(number),
    wildcard: fc.boolean(),
    place: fc.constantFrom(undefined, 'US'),
    at,
  }),
  fc.record({ kind: fc.constant('drop' as const), list: fc.nat({ max: 1 }) }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('move-in' as const),
      campaign,
      calls: fc.array(
        fc.record({
          id: fc.nat({ max: 3 }),
          number,
          at,
          disposition: fc.constantFrom(...dispositions),
          answered: fc.boolean(),
          refusal: fc.boolean(),
          counts: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
      refusals: fc.array(fc.record({ number, at }), { maxLength: 2 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('user' as const),
      how: fc.constantFrom('save', 'save', 'end-others', 'remove', 'log-in', 'log-in', 'use', 'log-out'),
      user: fc.nat({ max: 1 }),
      session: fc.nat({ max: 2 }),
      role: fc.constantFrom('admin', 'supervisor'),
      at,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('token' as const),
      how: fc.constantFrom('add', 'revoke'),
      token: fc.nat({ max: 1 }),
      campaign: fc.option(campaign, { nil: undefined }),
      at,
    }),
  },
  fc.record({ kind: fc.constant('act' as const), number: fc.option(number, { nil: undefined }), at }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('archive' as const),
      campaign,
      /** Absent: everything that has happened is old enough. */
      before: maybeAt,
      asRead: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant('take-back' as const), campaign, ids: fc.array(fc.nat({ max: 3 }), { maxLength: 2 }) }),
)

/** One thing that happens. */
export type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never
/** The event of one kind. */
export type EventOf<Kind extends Event['kind']> = Extract<Event, { kind: Kind }>
