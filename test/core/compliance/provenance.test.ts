import t from 'tap'
import { legalBases, legalBasisWords, readLegalBasis } from '../../../src/core/compliance/provenance.ts'

t.test('a legal basis as people write it', async t => {
  for (const basis of legalBases) t.equal(readLegalBasis(basis), basis)
  const hundred = `x${'y'.repeat(99)}`
  const table: readonly (readonly [written: string, read: string | undefined])[] = [
    ['Legitimate interest', 'legitimate-interest'],
    ['  LEGAL_OBLIGATION ', 'legal-obligation'],
    ['public   task', 'public-task'],
    ['public _ task', 'public-task'],
    ['public\ttask', 'public-task'],
    ['legitimate', undefined],
    ['', undefined],
    ['other', undefined],
    ['other:', undefined],
    ['other:   ', undefined],
    ['another:thing', undefined],
    ['other:UK DPA 2018', 'other:UK DPA 2018'],
    [' Other:  Section 7 ', 'other:Section 7'],
    [`other:${hundred}`, `other:${hundred}`],
    [`other:${hundred}z`, undefined],
  ]
  for (const [written, read] of table) t.equal(readLegalBasis(written), read, JSON.stringify(written))
  t.equal(
    legalBasisWords,
    'one of consent, contract, legitimate-interest, legal-obligation, public-task, or other:TEXT',
  )
})
