import t from 'tap'
import { en } from '../../src/web/words/en.ts'
import { es } from '../../src/web/words/es.ts'
import { zh } from '../../src/web/words/zh.ts'

const blanksOf = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).sort()

for (const [language, catalogue] of Object.entries({ es, zh }))
  t.test(`the ${language} catalogue says all that the English one says, with the same values`, async t => {
    t.same(Object.keys(catalogue).sort(), Object.keys(en).sort())
    for (const [word, text] of Object.entries(en)) {
      const said = Object.entries(catalogue).find(([name]) => name === word)?.[1] ?? ''
      t.not(said.trim(), '', word)
      t.same(blanksOf(said), blanksOf(text), word)
    }
  })

t.test('a page names nobody a customer, blames nobody and does not shout', async t => {
  for (const [word, text] of Object.entries(en)) t.notMatch(text, /customer|error|!|\bhe\b|\bhis\b/i, word)
})
