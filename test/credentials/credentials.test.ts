import t from 'tap'
import { codeAt, codeStep, newCodeSecret, newRecoveryCodes, recoveryHash } from '../../src/credentials/oneTimeCodes.ts'
import { createPasswords } from '../../src/credentials/passwords.ts'

t.test('one-time codes are those of RFC 6238', async t => {
  // Appendix B, the secret "12345678901234567890" in base32; the last six of its eight digits.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  for (const [seconds, code] of [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ] as const) {
    t.equal(codeAt(secret, Math.floor(seconds / 30)), code, `${seconds}`)
    const step = Math.floor(seconds / 30)
    for (const off of [-30_000, 0, 30_000]) t.equal(codeStep({ secret, code }, { at: seconds * 1000 + off }), step)
    for (const off of [-90_000, 90_000]) t.equal(codeStep({ secret, code }, { at: seconds * 1000 + off }), undefined)
    t.equal(codeStep({ secret, code }, { at: seconds * 1000, after: step }), undefined, 'it was used')
  }
  t.match(newCodeSecret(), /^[A-Z2-7]{32}$/)
})

t.test('a recovery code is the same however it is typed', async t => {
  const { codes, hashes } = newRecoveryCodes()
  t.equal(new Set(codes).size, 10)
  const [code = ''] = codes
  t.match(code, /^[a-z2-7]{8}-[a-z2-7]{8}$/)
  t.equal(recoveryHash(code.toUpperCase().replace('-', ' ')), hashes[0])
})

t.test('a hash carries its cost, and passwords are held against it one at a time', async t => {
  const { hash, verify } = createPasswords()
  const kept = await hash('four words are enough')
  t.match(kept, /^scrypt\$32768\$8\$3\$[\w+/]{22}==\$[\w+/]{43}=$/)
  t.not(await hash('four words are enough'), kept, 'a salt each')
  t.same([await verify('four words are enough', kept), await verify('four words are enougH', kept)], [true, false])
  t.equal(await verify('caf\u0065\u0301 au lait, please', await hash('caf\u00e9 au lait, please')), true)
  for (const broken of [undefined, '', 'scrypt$1', 'plain$32768$8$3$a$b']) t.equal(await verify('x', broken), false)
  const quick = createPasswords({ N: 16, r: 1, p: 1 })
  t.equal(await quick.verify('four words are enough', kept), true, 'of whatever cost it was made with')
  const tries = Array.from({ length: 25 }, () => quick.verify('x', undefined).catch(error => error.code))
  t.same((await Promise.all(tries)).filter(one => one === 'too-busy').length, 5)
})
