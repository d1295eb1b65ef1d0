import t from 'tap'
import { columnWords, flagKind, hintKind, isNumberColumn } from '../../src/import/columns.ts'
import { type FlagReading, readFlag } from '../../src/import/flags.ts'

t.test('headers are told apart by their words, however they are written', async t => {
  for (const header of [
    'HasOptedOutOfCall',
    'Has opted-out of call?',
    'has_opted_out_of_call',
    ' HAS OPTED OUT OF CALL ',
  ])
    t.equal(columnWords(header), 'has_opted_out_of_call', header)
  t.strictSame(['Do_Not_Call__c', 'DNCFlag', 'Désinscrit', 'Straße', "don't call", ''].map(columnWords), [
    ...['do_not_call', 'dnc_flag', 'desinscrit', 'strasse', 'dont_call', ''],
  ])
})

t.test('a column that says who refuses is known in all its spellings', async t => {
  const refusals = [
    ...[
      'Do Not Call',
      'do_not_call',
      'doNotCall',
      'DoNotCall',
      'DONOTCALL',
      'Do-Not-Call',
      'do not call?',
      'Do Not Call (Y/N)',
    ],
    ...[
      'Do Not Contact',
      'DoNotContact',
      'do_not_phone',
      'DoNotPhone',
      "Don't Call",
      'DNC',
      'dnc',
      'dnc_flag',
      'DNC Status',
    ],
    ...[
      'is_dnc',
      'On DNC',
      'National DNC',
      'Federal DNC',
      'opt_out',
      'optout',
      'OptOut',
      'opt-out',
      'Opted Out',
      'opted_out',
    ],
    ...[
      'HasOptedOutOfCall',
      'phone_opt_out',
      'Call Opt Out',
      'sms_opt_out',
      'Opt Out Date',
      'Unsubscribed',
      'unsubscribe',
    ],
    ...[
      'is_unsubscribed',
      'Blacklisted',
      'black_list',
      'blocked',
      'Suppressed',
      'TPS',
      'CTPS',
      'no_calls',
      'No Contact',
    ],
    ...[
      'Do_Not_Call__c',
      'No Phone Calls',
      'refused',
      'consent_withdrawn',
      'Never Call',
      'Exclude from dialing',
      'Not to be called',
      'Refuse d’être appelé',
      'Text Opt Out',
    ],
    ...[
      'Nicht anrufen',
      'nicht_kontaktieren',
      'Keine Anrufe',
      'Anrufsperre',
      'Werbesperre',
      'Gesperrt',
      'Widerspruch',
      'Sperrvermerk',
    ],
    ...['Ne pas appeler', 'ne_plus_contacter', 'Bloctel', 'Désinscrit', 'Désabonné', 'Opposition', 'Liste noire'],
    ...[
      'No llamar',
      'no_contactar',
      'Lista Robinson',
      'Baja',
      'não ligar',
      'Non chiamare',
      'Niet bellen',
      'ring inte',
      '请勿致电',
      '黑名单',
    ],
  ]
  for (const header of refusals) t.equal(flagKind(header), 'refusal', header)
  const consents = [
    ...[
      'consent',
      'Consent',
      'has_consent',
      'call_consent',
      'Consent to call',
      'opt_in',
      'Opt-In',
      'optin',
      'Opted In',
    ],
    ...[
      'Permission to call',
      'may_call',
      'OK to call',
      'Calls allowed',
      'accepts_marketing',
      'Einwilligung',
      'Anruf erlaubt',
    ],
    ...['Consentement', 'Consentimiento', 'Consenso', 'Toestemming', 'GDPR consent', 'phoneConsent', 'consent_date'],
  ]
  for (const header of consents) t.equal(flagKind(header), 'consent', header)
  for (const header of ['Status', 'lead_status', 'Disposition', 'last_call_result'])
    t.equal(flagKind(header), 'status', header)
  const others = [
    ...[
      'Email Opt Out',
      'HasOptedOutOfEmail',
      'HasOptedOutOfFax',
      'Do Not Mail',
      'DoNotEMail',
      'Do Not Fax',
      'email_unsubscribed',
    ],
    ...[
      'newsletter_opt_in',
      'name',
      'phone',
      'notes',
      'callback',
      'comments',
      'opt_out_reason',
      'consent_text',
      'blockchain',
      'optician',
    ],
    ...['block', 'nixon', 'stopover', 'contacted', 'city', 'Last Contacted', 'call_count', 'dance'],
  ]
  for (const header of others) t.equal(flagKind(header), undefined, header)
})

t.test('what a flag says is read in the words of programs and people', async t => {
  const same: readonly (readonly [is: FlagReading, written: readonly string[]])[] = [
    [
      'refused',
      ['1', '-1', '1.0', 'true', 'TRUE', 'True', 't', 'yes', 'Yes', 'Y', 'y', 'x', 'X', ' x ', '✓', 'on', 'checked'],
    ],
    ['refused', ['ja', 'J', 'wahr', 'oui', 'O', 'vrai', 'sí', 'Si', 'S', 'verdadero', 'sì', 'sim', '是', '2025-03-01']],
    ['refused', ['DNC', 'Do Not Call', 'opted out', 'opt-out', 'Unsubscribed', 'blocked', 'registered', 'confirmed']],
    [
      'not-refused',
      ['', ' ', '0', '0.0', 'false', 'FALSE', 'f', 'no', 'No', 'N', 'n', 'off', 'nein', 'non', 'falso', 'não'],
    ],
    [
      'not-refused',
      ['null', 'NULL', 'n/a', 'NaN', '-', '—', '0000-00-00', 'clean', 'opted in', 'not registered', '否'],
    ],
    [
      'unreadable',
      ['2', '?', 'maybe', 'unknown', '10/01/2026', '45200', 'pending', 'given', 'see notes', '2025-13-01', '#REF!'],
    ],
  ]
  for (const [is, written] of same)
    for (const cell of written) t.equal(readFlag('refusal', cell), is, `refusal: "${cell}"`)
  const consent: readonly (readonly [is: FlagReading, written: readonly string[]])[] = [
    [
      'refused',
      [
        '0',
        '0.0',
        'false',
        'no',
        'N',
        'nein',
        'non',
        'withdrawn',
        'revoked',
        'denied',
        'declined',
        'opted out',
        'widerrufen',
      ],
    ],
    [
      'not-refused',
      ['', '1', 'true', 'yes', 'Y', 'x', 'ja', 'granted', 'given', 'opted in', '2026-01-01', 'double opt-in', 'null'],
    ],
    ['unreadable', ['?', 'maybe', 'pending', 'requested', 'https://example.com/form', '01.02.2026']],
  ]
  for (const [is, written] of consent)
    for (const cell of written) t.equal(readFlag('consent', cell), is, `consent: "${cell}"`)
  for (const cell of ['DNC', 'DNCL', 'Do Not Call', 'opted out', 'Unsubscribed', 'nicht mehr anrufen'])
    t.equal(readFlag('status', cell), 'refused', `status: "${cell}"`)
  for (const cell of ['', 'NEW', 'Declined', 'blocked', 'yes', 'no answer', 'customer'])
    t.equal(readFlag('status', cell), 'not-refused', `status: "${cell}"`)
})

t.test('columns with numbers are known, and those about numbers are not', async t => {
  const numbers = [
    ...[
      'Phone',
      'Mobile',
      'Other Phone',
      'HomePhone',
      'MobilePhone',
      'Phone 2',
      'phone2',
      'alt_phone',
      'Cell',
      'cell_phone',
    ],
    ...[
      'Business Phone',
      'Telephone',
      'tel',
      'Telefon',
      'Telefonnummer',
      'Handy',
      'Rufnummer',
      'Mobil',
      'Téléphone',
      'Portable',
    ],
    ...[
      'Móvil',
      'Teléfono',
      'Celular',
      'Fax',
      'number',
      'contact_number',
      'msisdn',
      'WhatsApp',
      '手机',
      'address3',
      'Phone Number',
    ],
  ]
  for (const header of numbers) t.ok(isNumberColumn(header), header)
  const others = [
    ...[
      'name',
      'phone_code',
      'Phone Type',
      'mobile_opt_out',
      'phone_verified',
      'customer_number',
      'phone_ext',
      'Phone Country',
    ],
    ...[
      'best_time_to_call',
      'do_not_phone',
      'phone_consent',
      'email',
      'account number',
      'phone_source',
      'call_count',
      'hotel',
    ],
  ]
  for (const header of others) t.notOk(isNumberColumn(header), header)
})

t.test('columns that say of what country a number is are known in many languages', async t => {
  const table = {
    country: [
      'phone_code',
      'country',
      'Country',
      'country_code',
      'MailingCountry',
      'Billing Country',
      'Land',
      'Pays',
      'País',
      'iso2',
      'Country/Region',
      'Phone Country Code',
      'Ländervorwahl',
      'calling code',
      'Paese',
      '国家代码',
    ],
    area: ['area_code', 'Area Code', 'areacode', 'NPA', 'Ortsvorwahl', 'DDD', 'Código de área'],
    prefix: ['Vorwahl', 'Prefijo', 'prefix', 'phone_prefix', 'Indicatif', 'Prefisso'],
  } as const
  for (const [kind, headers] of Object.entries(table))
    for (const header of headers) t.equal(hintKind(header), kind, header)
  for (const header of [
    'county',
    'code',
    'zip_code',
    'postal_code',
    'state',
    'area',
    'island',
    'Landline',
    'promo_code',
    'source_code',
  ])
    t.equal(hintKind(header), undefined, header)
})
