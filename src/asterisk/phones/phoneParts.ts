import { type PhoneKind, type PhoneSetup, phoneRealm } from '../../ports/phones.ts'
import type { PhonePart } from '../ari/operations.ts'

type Fields = Readonly<Record<string, string>>

/** What every agent's endpoint has: the same as `dialwright-agent` of asterisk-conf's pjsip_agents.conf, whose comments say why. */
const anyEndpoint: Fields = {
  context: 'dialwright-agents',
  disallow: 'all',
  direct_media: 'no',
  rtp_symmetric: 'yes',
  force_rport: 'yes',
  rewrite_contact: 'yes',
  rtp_timeout: '10',
  rtp_timeout_hold: '60',
  timers_sess_expires: '180',
  timers_min_se: '90',
}

const ofKind: { readonly [Kind in PhoneKind]: Fields } = {
  desk: { allow: 'ulaw,alaw', dtmf_mode: 'auto', timers: 'yes', webrtc: 'no' },
  // A page sees at once that its socket is gone, and needs no timer for it. DTLS makes its certificate by itself, and its keys are
  // never renewed in a call: browsers are cut off by that.
  browser: { allow: 'opus,ulaw', dtmf_mode: 'rfc4733', timers: 'no', webrtc: 'yes', dtls_rekey: '0' },
}

/** The objects of PJSIP that make a phone, in the order in which they are put: what refers to another comes behind it. */
export function partsOf({ name, kind, digest }: PhoneSetup): readonly (readonly [PhonePart, Fields])[] {
  return [
    ['auth', { auth_type: 'md5', username: name, realm: phoneRealm, md5_cred: digest }],
    ['aor', { max_contacts: '1', remove_existing: 'yes', minimum_expiration: '60', default_expiration: '300' }],
    ['endpoint', { ...anyEndpoint, ...ofKind[kind], auth: name, aors: name }],
  ]
}
