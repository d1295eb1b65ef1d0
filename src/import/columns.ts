import { plainText } from '../numbers/keyText.ts'
import type { HintKind } from '../numbers/rowNumbers.ts'

/**
 * A header in plain words: `HasOptedOutOfCall`, `Has opted-out of call?` and `has_opted_out_of_call__c` are all
 * `has_opted_out_of_call`; accents fall away.
 */
export function columnWords(header: string): string {
  return plainText(header)
    .normalize('NFD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .replace(/ß/g, 'ss')
    .toLowerCase()
    .replace(/['\u2019]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$|(?<=_)_+/g, '')
    .replace(/(?<=__?)c$/, '')
    .replace(/_+$/, '')
}

/** A pattern over whole words of a header; `alternatives` with spaces or line ends between them. */
function words(alternatives: string): RegExp {
  return new RegExp(`(?:^|_)(?:${alternatives.trim().split(/\s+/).join('|')})(?=_|$)`)
}

function exactly(alternatives: readonly string[]): RegExp {
  return new RegExp(`^(?:${alternatives.join('|')})$`)
}

/** Whose: it changes nothing about what a column says. */
const whose =
  '(?:(?:mailing|billing|shipping|home|work|business|other|primary|main|person|contact|address|customer|client|lead|account|company|residence|phone|mobile|cell|tel|telephone|number|hs|ip)_)*'

const countryColumns = exactly([
  `${whose}(?:country|nation|land|pais|pays|paese|nazione|kraj|ulke)(?:_(?:code|iso|iso_?[23]|iso_code|name|region|alpha_?[23]|abbreviation|dial_code|dialing_code|calling_code|phone_code|prefix))?`,
  '(?:iso|iso_?[23]|iso_code)(?:_country)?(?:_code)?',
  `${whose}country_?code(?:_(?:phone|mobile|cell|tel|telephone))?`,
  '(?:(?:country|phone|dial|dialing|dialling|calling|isd|idd|intl|international|tel|telephone|mobile|cell|number)_)*(?:phone|dial|dialing|dialling|calling|isd|idd|intl|international|telephone|country)_?code',
  '(?:country|international|intl)_prefix|isd|idd|ddi',
  // German, French, Spanish, Italian, Portuguese, Dutch
  '(?:tel_|telefon_)?l(?:a|ae)nder_?(?:code|kennung|kennzahl|kuerzel|kurzel|vorwahl)|landes_?(?:code|kennzahl|vorwahl|kennung)|landcode|landnummer|(?:internationale|int)_vorwahl',
  'code_pays|(?:code_)?indicatif(?:_telephonique)?_(?:pays|du_pays|international)|indicatif_telephonique',
  'codigo_(?:de_)?pais|prefijo_(?:de_)?(?:pais|internacional)|codigo_internacional|codigo_telefonico(?:_de_pais)?',
  'prefisso_internazionale|codice_paese|prefixo_internacional|codigo_do_pais|国家|国家代码|国家码|国际区号',
])

const areaColumns = exactly([
  `${whose}(?:area_?code|npa|std_code|city_code|ddd|lada)`,
  'ortsvorwahl|ortskennzahl|indicatif_(?:regional|local)|codigo_(?:de_)?area|clave_lada|codigo_area|netnummer|区号',
])

const prefixColumns = exactly([
  `${whose}(?:vorwahl|prefix|indicatif|prefijo|prefisso|prefixo|kengetal|riktnummer)(?:_(?:phone|tel|telefono|telephone|telefonico))?`,
  '(?:telefon|tel|phone|festnetz|mobil|handy)_?vorwahl',
])

/** What a column says of the row's number; `undefined`: nothing that is known. */
export function hintKind(header: string): HintKind | undefined {
  const plain = columnWords(header)
  if (areaColumns.test(plain)) return 'area'
  if (prefixColumns.test(plain)) return 'prefix'
  return countryColumns.test(plain) ? 'country' : undefined
}

const numberWords = words(`
  phone(?:s|no|num|number|numbers)? telephone telefono telefone telefoon telefon tele tel mobile mobil mobiltelefon mobilnummer
  mobiel movil cell(?:phone)? cellular celular cellulare portable handy handynummer telefonnummer rufnummer festnetz fijo landline
  msisdn gsm whats_?app fax did telno telnum ani callerid caller_id 电话 手机 电话号码 手机号 手机号码 电话号 座机 号码
  (?:contact|blocked|called|dialed|destination|local)_number alt_number (?:phone|tel|fax|mobile)\\d address3
`)
const numberNames = exactly(['(?:number|numero|nummer|no|num|local)(?:_?\\d)?', 'dnc_number'])
/** Words that make of a column about numbers one that holds none. */
const aboutNumbers = words(`
  code type typ ext extension country area carrier status date datum time at zone timezone verified valid source id label count
  provider owner preferred best opt optin optout dnc do not dont consent allowed ok permission vorwahl model prefix reason notes?
  comments? calls? attempts duration score name flag
`)

/** Whether a column holds telephone numbers, by its header; a fax is one: it rings too. */
export function isNumberColumn(header: string): boolean {
  const plain = columnWords(header)
  if (numberNames.test(plain)) return true
  return numberWords.test(plain) && !aboutNumbers.test(plain)
}

/** `refusal`: yes means that the person refuses calls. `consent`: no means so. `status`: some of its words do. */
export type FlagKind = 'refusal' | 'consent' | 'status'

const refusalColumns = words(`
  do_?not_?(?:call|contact|phone|dial|ring|solicit|disturb|market|text|sms)(?:s|ed|ing)? dont_?(?:call|contact|phone|ring) donotcall
  no_?(?:calls?|contact|phone|phone_calls?|telemarketing|solicitation|marketing) dnc dnd dns opt(?:s|ed)?_?out unsub unsubscribed?
  unsubscribe black_?list(?:ed)? block_?list(?:ed)? blocked suppress suppressed suppression refus(?:ed|al|es) c?tps revoked?
  consent_(?:revoked|withdrawn|refused) withdrawn objected objection robinson exclude_from_(?:calls?|calling|dialing|campaigns?) not_(?:to_)?(?:be_)?(?:called|contacted) refuse_detre_appelee? robinsonliste never_?call stop_?call(?:s|ing)?
  nicht_(?:mehr_)?(?:anrufen|kontaktieren|anrufbar) kein(?:e|en)?_(?:anrufe?|kontakt|telefon|werbung|werbeanrufe)
  (?:anruf|telefon|werbe|kontakt)?_?(?:sperre?|sperrvermerk|verbot) gesperrt (?:werbe)?_?widerspruch abgemeldet widerrufen widerruf
  sperrliste ne_(?:pas|plus)_(?:appeler|contacter|demarcher|rappeler|telephoner) pas_d_?appels? bloctel desinscrit(?:e|ion)?
  desabonnee? desabonne opposition refus refuse_appels? liste_noire liste_rouge
  no_(?:llamar|llame|contactar|molestar|desea_llamadas|telefonear|quiere_llamadas) lista_(?:negra|robinson) (?:dado_de_)?baja
  excluido nao_(?:ligar|contatar|contactar|perturbe|chamar|telefonar) bloqueado non_(?:chiamare|contattare|disturbare|telefonare)
  opposizione disiscritto lista_nera niet_(?:meer_)?(?:bellen|contacteren|storen) bel_me_niet bel_niet afgemeld
  ring_(?:inte|ej|ikke) kontakta_(?:inte|ej) nix nie_dzwonic nie_kontaktowac 请勿致电 请勿打扰 勿扰 免打扰 拒绝来电 拒接 退订 黑名单 禁止呼叫 不要打电话
`)

const consentColumns = words(`
  (?:has_)?consent(?:s|ed)?(?:_given)? opt(?:s|ed)?_?in permission
  (?:may|can|ok|okay|allow|allowed|allows)_(?:to_)?(?:be_)?(?:call|contact|phone)(?:s|ed)?
  (?:call|phone|contact)s?_(?:ok|okay|allowed|permitted) callable contactable accepts?_(?:calls?|marketing|contact|phone) subscribed
  einwilligung (?:telefon)?werbung_erlaubt werbeeinwilligung telefoneinwilligung einverstaendnis einverstandnis zustimmung anruf(?:e)?_erlaubt telefon_erlaubt
  darf_(?:angerufen_werden|kontaktiert_werden|anrufen) kontakt_erlaubt opt_in consentement accord(?:_telephone)? acceptation
  consentimiento acepta(?:_llamadas)? autoriza(?:cion)? permiso consenso consenso_telefonico consentimento aceita_ligacoes
  autorizacao toestemming samtycke zgoda 同意
`)

/** Other ways to a person: a refusal of these is none of calls. A text message goes to the same number, and its refusal counts. */
const otherChannels = words(`
  e_?mails? mail mailing mailings newsletter fax faxes post postal letters? brief courrier correo e_?mailing ecommunication cookies?
  push web bulk direct_mail postalmail bulkemail 邮件
`)
const ownChannel = words(`
  calls? phone telephone telefon tel sms text dnc contact llamadas? appels? anrufe?
`)
/** Words that make of a column about a flag one that is none. */
const aboutFlags = words(`
  reason grund by notes? comments? (?:consent|permission)_text source url ip method channel wording language version certificate
  cert token id name topic topics basis form page evidence how motif
`)

const statusColumns = exactly([
  '(?:(?:lead|call|contact|last|last_call|customer|phone|current|subscription|marketing|contactability)_)*(?:status|disposition|dispo|outcome|result|ergebnis|statut|estado|stato)(?:_(?:code|name))?',
])

/** What a flag in a list says about calls; `undefined`: it is none, or one of another way to the person. */
export function flagKind(header: string): FlagKind | undefined {
  const plain = columnWords(header)
  const kind = refusalColumns.test(plain) ? 'refusal' : consentColumns.test(plain) ? 'consent' : undefined
  if (kind === undefined) return statusColumns.test(plain) ? 'status' : undefined
  if (aboutFlags.test(plain)) return undefined
  return otherChannels.test(plain) && !ownChannel.test(plain) ? undefined : kind
}
