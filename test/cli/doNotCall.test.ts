import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { startRig, token } from '../http/rig.ts'
import { runLine, tempFolder, writeConfig } from './support.ts'

t.test('lists are imported, listed, asked, changed and dropped from the command line', async t => {
  const rig = await startRig(t)
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: Number(new URL(rig.url).port), token })
  const dw = (line: string | readonly string[], input?: string) =>
    runLine(
      ['--config', config, ...(typeof line === 'string' ? line.split(' ') : line)],
      input === undefined ? {} : { input },
    )
  const file = join(folder, 'national.txt.gz')
  writeFileSync(file, gzipSync('202,5550190\n202,5550191\n202,5550192\n'))

  t.match(
    await dw(['dnc', 'import', file, ...'--list national --kind national --place US --as-of 2026-01-01'.split(' ')]),
    {
      code: 0,
      out: /3 numbers of 3 rows imported in .*\nthe list national holds 3 numbers, version [0-9a-f]{12}\n/,
      err: /warning: the content of "national" is \d+ days old; laws allow .* 31 days/,
    },
  )
  t.match(await dw('dnc import - --list national --delta changes', '-2025550190\n+2025550199\n'), {
    code: 0,
    out: /1 added, 1 removed\nthe list national holds 3 numbers/,
  })
  t.match(await dw('dnc import - --list national', '2025550190\n'), { code: 1, err: /had 3: .*--shrink-ok\n$/ })
  t.match(await dw('dnc import - --list national', '2025550190\nabc\n2025550191\n'), {
    code: 1,
    err: /1 of 3 rows \(33\.3 %\) cannot be read.*line 2: letters/,
  })
  t.match(await dw('dnc import - --list national --rubbish-max 40%', '2025550190\nabc\n2025550191\n'), {
    code: 1,
    out: /1 bad row\n\nline +reason +value *\n +2 +letters: contains letters +abc/,
    err: /1 entries cannot be read: nobody knows whom they mean/,
  })
  t.match(await dw('dnc import - --list x --place ZZ', '2025550190\n'), {
    code: 1,
    err: /"ZZ" is no place that is known/,
  })
  t.match(await dw('dnc remove 2025550100'), { code: 2, err: /--by/ })
  t.match(await dw('dnc import - --list x --full --delta add', ''), { code: 2, err: /cannot be used with/ })
  t.match(await dw('dnc import - --list x --rubbish-max 200', ''), { code: 2, err: /percentage from 0 to 100/ })
  t.match(await dw('dnc import - --list x --kind company', ''), { code: 2, err: /Allowed choices are national/ })

  t.match(await dw('dnc add 1900* --note premium'), {
    code: 0,
    out: /begin with \+1900\* are not called \(operator, .*premium\)/,
  })
  t.match(
    (await dw('dnc lists')).out,
    /list +kind +for +numbers +version +as of +age.*\nnational +national +US +2 +[0-9a-f]{12}.*0 days[\s\S]*\+1900\* +operator/,
  )
  t.match(await dw('dnc lists --verify'), { code: 0, out: /read whole: 1 of 1 as they were written/ })
  t.match(JSON.parse((await dw('--json dnc lists')).out), { lists: [{ name: 'national', place: 'US', numbers: 2 }] })

  t.match(await dw('dnc check +12025550190 2025550100 +19005550100'), {
    code: 1,
    out: /^\+12025550190 is on the do-not-call list national \(national US, version .* as of .*\)\n\+12025550100 is on no do-not-call list\n\+19005550100 is on the do-not-call list company \(operator, .*begins with \+1900: premium\)\n$/,
  })
  t.match(JSON.parse((await dw('--json dnc check 2025550100')).out), { numbers: [{ listed: false, hits: [] }] })
  t.match(await dw('dnc check 2025550100'), { code: 0 })

  t.match(await dw('dnc drop national'), { code: 2, err: /--yes/ })
  t.match(await dw('dnc drop national --yes'), { code: 0, out: /is gone: its numbers may be dialed again/ })
  t.match(await dw('dnc drop national --yes'), { code: 1, err: /no imported list "national": none was imported/ })
  t.match(await dw('dnc remove 1900* --by Ann'), { code: 0 })
  t.match(await dw('dnc check +19005550100'), { code: 0, out: /is on no do-not-call list/ })
})
