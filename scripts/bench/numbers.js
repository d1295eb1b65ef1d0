// Numbers from the ranges reserved for fiction: +1, any area of the United States, 555-0100 to 555-0199. Some 30 000.
const PER_AREA = 100

/**
 * @param {number} count
 * @returns {Promise<string>} a CSV of so many leads, or of as many as there are
 */
export async function fictionalLeads(count) {
  return csvOf(await campaignNumbers({ count }))
}

/**
 * @param {{ skip?: number, count: number }} options
 * @returns {Promise<string[]>} so many numbers behind those that are skipped, or as many as there are
 */
export async function campaignNumbers({ skip = 0, count }) {
  const { createNumberReader } = await import('#dialwright/numbers/phone.js')
  const { placesOfNumber } = await import('#dialwright/numbers/places.js')
  const read = createNumberReader('US')
  /** @type {string[]} */
  const numbers = []
  for (let area = 201; area <= 989 && numbers.length < skip + count; area += 1) {
    const isAmerican = placesOfNumber(`+1${area}5550100`).some(place => place.startsWith('US'))
    if (!isAmerican || !read(`+1${area}5550100`).valid) continue
    for (let last = 0; last < PER_AREA; last += 1) numbers.push(`+1${area}55501${two(last)}`)
  }
  return numbers.slice(skip, skip + count)
}

/** @param {readonly string[]} numbers */
export function csvOf(numbers) {
  return `${['phone', ...numbers].join('\n')}\n`
}

/** @param {number} number */
function two(number) {
  return String(number).padStart(2, '0')
}
