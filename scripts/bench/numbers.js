// Numbers from the ranges reserved for fiction: +1, any area, 555-0100 to 555-0199. Some 30 000 over all areas.
const PER_AREA = 100

/** @returns {Promise<string>} a CSV of so many leads, or of as many as there are */
export async function fictionalLeads(count) {
  const { createNumberReader } = await import('../../dist/numbers/phone.js')
  const read = createNumberReader('US')
  const rows = ['phone']
  for (let area = 201; area <= 989 && rows.length <= count; area += 1) {
    if (!read(`+1${area}5550100`).valid) continue
    for (let last = 0; last < PER_AREA && rows.length <= count; last += 1) rows.push(`+1${area}55501${two(last)}`)
  }
  return `${rows.join('\n')}\n`
}

function two(number) {
  return String(number).padStart(2, '0')
}
