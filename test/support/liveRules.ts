const signed = {
  by: 'the test suite',
  reason: 'invented numbers on a carrier of our own, at whatever hour the tests run',
}

function allDay(rule: string) {
  return { rule, ...signed, set: { hours: { 'mon-sun': '00:00-24:00' } } }
}

/** The `rules` section of a daemon that calls invented American numbers on a test's own carrier. */
export const anyHour = {
  overrides: [
    ...['US-FTC/hours', 'US-FCC/hours', 'US-FL/hours', 'US-OK/hours', 'US-WA/hours'].map(allDay),
    ...['US-FTC/do-not-call', 'US-FCC/do-not-call'].map(rule => ({ rule, ...signed, off: true })),
  ],
}
