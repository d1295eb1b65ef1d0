import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

type Catalogue = Readonly<Record<string, string>>

const folder = fileURLToPath(new URL('../../src/web/words', import.meta.url))
/** What every page says, and each folder of what only some do. */
const parts = ['.', ...readdirSync(folder, { withFileTypes: true }).flatMap(one => (one.isDirectory() ? one.name : []))]

const blanksOf = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).sort()

async function catalogue(part: string, language: string): Promise<Catalogue> {
  const module: Readonly<Record<string, Catalogue>> = await import(join(folder, part, `${language}.ts`))
  return module[language] ?? {}
}

for (const part of parts)
  for (const language of ['es', 'zh'])
    t.test(`${join(part, language)} says all that the English catalogue says, with the same values`, async t => {
      const [en, said] = await Promise.all([catalogue(part, 'en'), catalogue(part, language)])
      t.same(Object.keys(said).sort(), Object.keys(en).sort())
      for (const [word, text] of Object.entries(en)) {
        t.not((said[word] ?? '').trim(), '', word)
        t.same(blanksOf(said[word] ?? ''), blanksOf(text), word)
      }
    })

t.test('a page names nobody a customer, blames nobody and does not shout', async t => {
  for (const part of parts)
    for (const [word, text] of Object.entries(await catalogue(part, 'en')))
      t.notMatch(text, /customer|error|!|\bhe\b|\bhis\b/i, word)
})

t.test('no sentence stands in two catalogues', async t => {
  const words = (await Promise.all(parts.map(part => catalogue(part, 'en')))).flatMap(one => Object.keys(one))
  t.same(
    words.filter((word, at) => words.indexOf(word) !== at),
    [],
  )
})
