// The demo's list: invented people whose numbers come from ranges reserved for fiction (+1 area 555-0100 to 0199), so
// that a misconfigured demo can reach nobody. Like any bought list it has faults: duplicates, rubbish, people who must
// not be called.
const FIRST = [
  'Ada',
  'Bram',
  'Chen',
  'Dora',
  'Emil',
  'Fay',
  'Gus',
  'Hana',
  'Ivo',
  'June',
  'Kofi',
  'Lena',
  'Milo',
  'Nora',
]
const LAST = [
  'Abbot',
  'Bauer',
  'Cruz',
  'Dahl',
  'Evans',
  'Fox',
  'Grant',
  'Hale',
  'Ito',
  'Jones',
  'Klein',
  'Lund',
  'Mora',
]
const RUBBISH = ['call me maybe', '555-12', '+1 900 555 0100', '']

/** Numbers whose last four digits make the carrier play a machine's greeting; the agent hears it and says so. */
export const MACHINE_SUFFIX = '0121'
/** Last digits that the carrier leaves to its mix of behaviours. */
const FREE_DIGITS = [...span(100, 109), ...span(127, 199)]

/**
 * @param {{ count: number, isValid: (number: string) => boolean }} options
 * @returns {{csv: string, doNotCall: string}} the list, and a do-not-call list that holds some of it
 */
export function inventPeople({ count, isValid }) {
  const areas = span(201, 989).filter(area => isValid(`+1${area}5550100`))
  const perArea = Math.max(6, Math.ceil(count / areas.length))
  const numbers = []
  for (const area of areas.slice(0, Math.ceil(count / perArea))) {
    const digits = FREE_DIGITS.slice(0, perArea - 1).map(last => String(last).padStart(4, '0'))
    for (const last of [MACHINE_SUFFIX, ...digits]) numbers.push(`+1${area}555${last}`)
  }
  const mixed = numbers.map((number, index) => ({ number, key: (index * 7919) % numbers.length }))
  mixed.sort((one, other) => one.key - other.key)
  const people = mixed.map(({ number }, index) => [number, FIRST[index % FIRST.length], LAST[index % LAST.length]])
  const blocked = people.filter((_, index) => index % 25 === 3).map(([number]) => number)
  const faulty = [...RUBBISH.map(value => [value, 'Nobody', 'Nowhere']), ...people.slice(0, 3)]
  const rows = [['phone', 'first_name', 'last_name'], ...people.slice(0, 10), ...faulty, ...people.slice(10)]
  return { csv: `${rows.map(row => row.join(',')).join('\n')}\n`, doNotCall: `${blocked.join('\n')}\n` }
}

/**
 * @param {number} from
 * @param {number} to
 */
function span(from, to) {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
