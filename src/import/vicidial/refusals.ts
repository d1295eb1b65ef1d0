import type { InstantMs, PhoneNumber } from '../../core/ids.ts'
import { numberProblems } from '../../numbers/phone.ts'
import { possibleNumbers } from '../../numbers/possible.ts'
import { companyList } from '../../ports/bulkLists.ts'
import type { DoNotCallEntry } from '../../ports/doNotCall.ts'
import { type RowRemark, remark } from '../rowRemark.ts'
import { createPairReader, isWildcard } from './cells.ts'
import type { VicidialOptions } from './leads.ts'
import type { TableRow } from './table.ts'

/** A row of vicidial_dnc or vicidial_campaign_dnc. */
export type RefusalRow =
  | (RowRemark & { readonly possible?: readonly DoNotCallEntry[] })
  | { readonly line: number; readonly skipped: string }
  | { readonly line: number; readonly entry: DoNotCallEntry }

/** A refusal that came over. */
export function movedRefusal(number: PhoneNumber, at: InstantMs): DoNotCallEntry {
  return { number, list: companyList, source: 'import', at, note: 'moved in from VICIdial' }
}

/**
 * Makes the reader of the rows. Who told one campaign not to call has told the company: such a refusal holds for all of
 * them here (47 CFR 64.1200(d)).
 */
export function createRefusalReader(options: VicidialOptions): (row: TableRow) => RefusalRow {
  const read = createPairReader(options.defaultCountry)
  return ({ line, cells }) => {
    if (cells === undefined) return remark(line, 'column-count: has another number of cells than the table', '')
    const { campaign_id: campaign = '', phone_number: number = '', phone_code: code = '' } = cells
    if (options.fromCampaign !== undefined && campaign !== '' && campaign !== options.fromCampaign)
      return { line, skipped: 'of another campaign' }
    if (isWildcard(number)) {
      const prefix = number.replace(/X+$/i, '')
      return remark(
        line,
        `wildcard: add it as a prefix, with its country code: dialwright dnc add '+...${prefix}*'`,
        number,
      )
    }
    const reading = read({ code }, number)
    if (!reading.valid) {
      const bad = remark(line, `${reading.problem}: ${numberProblems[reading.problem]}`, number)
      const { numbers } = possibleNumbers(number, text => read({ code }, text))
      return { ...bad, possible: numbers.map(one => movedRefusal(one, options.now)) }
    }
    return { line, entry: movedRefusal(reading.number, options.now) }
  }
}
