// What agents are told on their phones, between calls.

/** @typedef {import('#dialwright/core/vocabulary.js').AgentPhrase} AgentPhrase */
/** @typedef {keyof typeof import('./respectPrompts.js').VOICES} Language */

/** @type {Readonly<Record<Language, Readonly<Record<AgentPhrase, string>>>>} */
export const AGENT_PROMPTS = {
  en: {
    'logged-in': 'You are logged in.',
    'no-campaign': 'You are in no campaign, so no calls come to you. Ask your supervisor.',
    'not-dialing': 'Your campaign is stopped. No calls come until it is started.',
    dialing: 'Your campaign dials.',
    draining: 'No more calls come: the system is about to stop. Whoever is talking talks to the end.',
    pausing: 'Your pause begins when the calls that ring now are settled.',
    paused: 'You are paused. Press star to go on.',
    working: 'You take calls again.',
    saved: 'Saved.',
    'no-such-key': 'This key does nothing here.',
    'ask-hours': 'In how many hours? Then press hash.',
    'no-hours': 'No call back. Press another code.',
    'call-back-in': 'Saved. The call back is in',
    hours: 'hours.',
    'silent-line':
      'Your phone sends no sound, so no calls come to you. Look at your microphone, or hang up and log in again.',
    'broken-line':
      'Calls could not be joined with your line, so you are paused. Hang up, log in again, and press star.',
    ...digits(['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']),
  },
  es: {
    'logged-in': 'Ha iniciado la sesión.',
    'no-campaign': 'No está en ninguna campaña, así que no le llegan llamadas. Pregunte a su supervisor.',
    'not-dialing': 'Su campaña está parada. No llegan llamadas hasta que se inicie.',
    dialing: 'Su campaña está marcando.',
    draining: 'No llegan más llamadas: el sistema se va a detener. Quien habla, habla hasta el final.',
    pausing: 'Su pausa empieza cuando terminen las llamadas que suenan ahora.',
    paused: 'Está en pausa. Pulse asterisco para continuar.',
    working: 'Vuelve a recibir llamadas.',
    saved: 'Guardado.',
    'no-such-key': 'Esta tecla no hace nada aquí.',
    'ask-hours': '¿En cuántas horas? Después pulse numeral.',
    'no-hours': 'Sin llamada de vuelta. Pulse otro código.',
    'call-back-in': 'Guardado. Se volverá a llamar en',
    hours: 'horas.',
    'silent-line':
      'Su teléfono no envía sonido, así que no le llegan llamadas. Revise el micrófono, o cuelgue y entre otra vez.',
    'broken-line':
      'No se pudieron unir llamadas con su línea, así que está en pausa. Cuelgue, entre otra vez, y pulse asterisco.',
    ...digits(['cero', 'uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve']),
  },
  zh: {
    'logged-in': '您已登录。',
    'no-campaign': '您不在任何活动中,不会有电话转给您。请询问主管。',
    'not-dialing': '您的活动已停止。启动之前不会有电话。',
    dialing: '您的活动正在拨号。',
    draining: '不再有新的电话:系统即将停止。正在通话的可以讲完。',
    pausing: '等现在振铃的电话处理完,您的暂停就开始。',
    paused: '您已暂停。按星号键继续。',
    working: '您重新开始接听电话。',
    saved: '已保存。',
    'no-such-key': '这个键在这里没有作用。',
    'ask-hours': '几个小时以后?然后按井号键。',
    'no-hours': '没有回拨。请按其他代码。',
    'call-back-in': '已保存。回拨时间在',
    hours: '小时后。',
    'silent-line': '您的电话没有声音传来,所以不会有电话转给您。请检查话筒,或挂断后重新登录。',
    'broken-line': '电话无法与您的线路接通,所以您已暂停。请挂断,重新登录,再按星号键。',
    ...digits(['零', '一', '二', '三', '四', '五', '六', '七', '八', '九']),
  },
}

/**
 * @param {readonly string[]} words of 0 to 9
 * @returns {Record<'0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9', string>}
 */
function digits([
  zero = '',
  one = '',
  two = '',
  three = '',
  four = '',
  five = '',
  six = '',
  seven = '',
  eight = '',
  nine = '',
]) {
  return { 0: zero, 1: one, 2: two, 3: three, 4: four, 5: five, 6: six, 7: seven, 8: eight, 9: nine }
}
