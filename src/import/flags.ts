import { keyText } from '../numbers/keyText.ts'
import { columnWords, type FlagKind } from './columns.ts'
import { readDate } from './dates.ts'

/** What a cell of a flag's column says: the person refuses calls, does not, or nobody can tell. */
export type FlagReading = 'refused' | 'not-refused' | 'unreadable'

const yes: ReadonlySet<string> = new Set([
  ...[
    '1',
    '-1',
    'true',
    't',
    'yes',
    'y',
    'x',
    'on',
    'checked',
    'selected',
    'set',
    'wahr',
    'ja',
    'j',
    'vrai',
    'oui',
    'o',
  ],
  ...[
    'verdadero',
    'si',
    's',
    'vero',
    'verdadeiro',
    'sim',
    'tak',
    'evet',
    'da',
    'kylla',
    'да',
    '是',
    '对',
    '有',
    '✓',
    '✔',
    '☑',
    '✅',
    '×',
    '✗',
    '✘',
  ],
])
const no: ReadonlySet<string> = new Set([
  ...['0', 'false', 'f', 'no', 'n', 'off', 'unchecked', 'falsch', 'nein', 'faux', 'non', 'falso', 'nao', 'nee', 'nej'],
  ...['nie', 'hayir', 'ei', 'нет', '否', '不', '无', '☐'],
])
/** As programs write that there is nothing. */
const nothing: ReadonlySet<string> = new Set(['', 'null', 'none', 'nil', 'nan', 'n_a', 'na'])
/** What says that calls are not wanted beside every kind of flag. */
const refusing = exactly(
  'dnc[lc]?|do_?not_?(call|contact|phone|disturb)|dont_call|no_calls?|opt(ed)?_?out|unsubscribed?|blocked|black_?listed|suppressed|refused|denied|declined|revoked|withdrawn|objected|gesperrt|widerrufen|abgemeldet|verweigert|abgelehnt|nicht_anrufen|desinscrite?|desabonnee?|ne_pas_appeler|rechazado|denegado|baja|revocado|no_llamar|rifiutato|revocato|recusado|geweigerd',
)
const allowing = exactly(
  'clean|clear|callable|ok|okay|opt(ed)?_?in|subscribed|allowed|not_(listed|registered|blocked|on_list)',
)
/** What says it beside one kind only: a refusal that is active, a consent that is. */
const refusalIs = exactly('registered|listed|requested|never|active|stop|block|confirmed|permanent|sperre|widerspruch')
const consentIs = exactly(
  'active|given|granted|accepted|confirmed|agreed|express|written|verbal|oral|implied|double_opt_in|erteilt|vorhanden|zugestimmt|erlaubt|accorde|accepte|donne|aceptado|otorgado|concedido|accettato',
)
/** A status says many things; of these it says that a person is not to be called. */
const refusingStatus = exactly(
  '(x|i|c|u)?dnc[lc]?|do_?not_?(call|contact|phone)|dont_call|opt(ed)?_?out|unsubscribed?|black_?listed|nicht_(mehr_)?anrufen|gesperrt|ne_(pas|plus)_appeler|no_llamar|non_chiamare|nao_ligar|请勿致电|黑名单',
)

function exactly(alternatives: string): RegExp {
  return new RegExp(`^(?:${alternatives})$`)
}

/** Reads a cell. An empty one refuses nothing; a day is when it was said. */
export function readFlag(kind: FlagKind, cell: string): FlagReading {
  const text = keyText(cell)
  const word = wordOf(text)
  if (kind === 'status') return refusingStatus.test(word) ? 'refused' : 'not-refused'
  const [meaning, other] =
    kind === 'refusal' ? (['refused', 'not-refused'] as const) : (['not-refused', 'refused'] as const)
  if (refusing.test(word)) return 'refused'
  if (allowing.test(word)) return 'not-refused'
  if (yes.has(word) || isDay(text) || (kind === 'refusal' ? refusalIs : consentIs).test(word)) return meaning
  if (no.has(word)) return other
  return nothing.has(word) || /^(?:[-\u2013\u2014.]+|0000-00-00.*)$/.test(text) ? 'not-refused' : 'unreadable'
}

/** In plain words; signs as they are. */
function wordOf(text: string): string {
  if (text === '-1' || !/[\p{L}\p{N}]/u.test(text)) return text
  // `1.0` is how some programs write a whole number.
  return columnWords(text.toLowerCase()).replace(/^([01])_0+$/, '$1')
}

function isDay(text: string): boolean {
  return !text.startsWith('0000') && readDate(text) !== undefined
}
