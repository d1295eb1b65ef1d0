// What the shipped prompts of the respect line say. They name nobody, because nobody is known to them: a campaign's own
// recordings (`respectLine.who` and `.source`) do. Nothing here may be about a person: the number of a call can be anybody's.

/** @typedef {'who' | 'source' | 'keys' | 'unknown' | 'withheld' | 'several' | 'refused' | 'goodbye' | 'away'} PromptName */

/** The voice of espeak-ng for each language. Its voice `cmn` (1.51) reads characters as English letters; this one reads them. */
export const VOICES = { en: 'en-us', es: 'es-419', zh: 'cmn-latn-pinyin' }

/** @type {Readonly<Record<keyof typeof VOICES, Readonly<Record<PromptName, string>>>>} */
export const PROMPTS = {
  en: {
    who: 'Hello. This is a recorded message. Calls from this number are made by a dialing system, for a company that has not recorded its name here. It calls to talk with people about its business.',
    source:
      'If you were called, your number was on a list that the company has given to the system. The company must tell you, if you ask, where it got your number from.',
    keys: 'If you never want to be called again, press 2. To hear this again, press 3.',
    unknown: 'We find no call from us to the number that you are calling from.',
    withheld:
      'Your call does not show its number. Without it, we cannot put you on the list of people who are not called. If you want that, please call again, and show your number.',
    several:
      'Hello. This is a recorded message. Calls from this number are made by a dialing system, for more than one company, or for more than one reason.',
    refused:
      'You will not be called again, neither at this number nor at others that you have given. It has been written down. Goodbye.',
    goodbye: 'Thank you for calling. Goodbye.',
    away: 'We cannot answer at the moment. Please call again later.',
  },
  es: {
    who: 'Hola. Este es un mensaje grabado. Las llamadas desde este número las hace un sistema de marcación, por cuenta de una empresa que no ha grabado aquí su nombre. Llama para hablar con las personas sobre su actividad.',
    source:
      'Si le hemos llamado, su número estaba en una lista que la empresa ha dado al sistema. Si usted lo pide, la empresa debe decirle de dónde obtuvo su número.',
    keys: 'Si no quiere recibir más llamadas nunca, pulse 2. Para oír esto otra vez, pulse 3.',
    unknown: 'No encontramos ninguna llamada nuestra al número desde el que usted llama.',
    withheld:
      'Su llamada no muestra su número. Sin él no podemos ponerle en la lista de personas a las que no se llama. Si lo desea, llame otra vez mostrando su número.',
    several:
      'Hola. Este es un mensaje grabado. Las llamadas desde este número las hace un sistema de marcación, por cuenta de más de una empresa, o por más de un motivo.',
    refused: 'No volveremos a llamarle, ni a este número ni a otros que usted haya dado. Ha quedado anotado. Adiós.',
    goodbye: 'Gracias por llamar. Adiós.',
    away: 'En este momento no podemos atender su llamada. Por favor, llame más tarde.',
  },
  zh: {
    who: '您好。这是一段录音。这个号码的来电由拨号系统发出,受一家公司委托,该公司尚未在此录下名称。来电是为了与您谈论该公司的业务。',
    source: '如果我们给您打过电话,您的号码在该公司交给系统的名单上。您有权询问该公司从何处得到您的号码。',
    keys: '如果您不希望再接到电话,请按二。再听一次请按三。',
    unknown: '我们没有找到打给您现在所用号码的记录。',
    withheld: '您的来电没有显示号码。没有号码,我们无法把您加入不再致电的名单。如果需要,请显示号码后再次来电。',
    several: '您好。这是一段录音。这个号码的来电由拨号系统发出,受多家公司委托,或出于多个原因。',
    refused: '我们不会再给您打电话,包括这个号码和您提供过的其他号码。已经记录。再见。',
    goodbye: '感谢您的来电。再见。',
    away: '现在无法接听您的来电。请稍后再拨。',
  },
}
