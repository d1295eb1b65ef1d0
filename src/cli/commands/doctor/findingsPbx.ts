import type { Finding } from './finding.ts'

/** Findings of a PBX: its links, what it has loaded, its trunks and its phones. */
export const findingsPbx = {
  'ami-refused': {
    result: 'fail',
    means: 'The manager interface does not take our log-in.',
    remedy:
      'compare secret and permit of the user in manager.conf with nodes (ami) in the configuration, then `manager reload`',
  },
  'ami-unreachable': {
    result: 'fail',
    means: 'Nobody answers where the manager interface should be.',
    remedy:
      'see nodes (ami) in the configuration; manager.conf on the PBX needs enabled = yes and this port and bindaddr, then a restart of Asterisk',
  },
  'ami-stranger': {
    result: 'fail',
    means: 'Something answers where the manager interface should be, and it is not Asterisk, or Asterisk hangs.',
    remedy: 'set nodes (ami.port) in the configuration to the port of manager.conf (usually 5038)',
  },
  'ami-other': {
    result: 'fail',
    means: 'The link to the manager interface fails by something that is not known here.',
    remedy: 'see the log of Asterisk',
  },
  'ari-refused': {
    result: 'fail',
    means: 'ARI does not take our log-in.',
    remedy: 'compare the user in ari.conf with nodes (ari) in the configuration, then `module reload res_ari`',
  },
  'ari-unreachable': {
    result: 'fail',
    means: 'Nobody answers where ARI should be.',
    remedy:
      'see nodes (ari.url) in the configuration; http.conf on the PBX needs enabled = yes, bindaddr and bindport, then a restart of Asterisk',
  },
  'ari-off': {
    result: 'fail',
    means: "Asterisk's web server answers, and ARI is off, or under another path.",
    remedy:
      'ari.conf needs enabled = yes and the module res_ari; with a prefix in http.conf it belongs into nodes (ari.url)',
  },
  'ari-stranger': {
    result: 'fail',
    means: 'Something answers where ARI should be, and it is not ARI.',
    remedy: 'set nodes (ari.url) in the configuration to the address of http.conf (usually http://127.0.0.1:8088/ari)',
  },
  'ari-other': {
    result: 'fail',
    means: 'ARI answers with an error.',
    remedy: 'see the log of Asterisk, and of a proxy before it',
  },
  'asterisk-old': {
    result: 'warn',
    means: 'This Asterisk is older than 22, for which Dialwright is made and on which it is tested.',
    remedy: 'upgrade before you dial people',
  },
  'pbx-owned': {
    result: 'fail',
    means: 'Another Dialwright daemon, with another database, drives this PBX.',
    remedy: 'stop that daemon first, or give this one a PBX of its own',
  },
  'pjsip-missing': {
    result: 'fail',
    means: 'PJSIP did not load, so there are no trunks and no phones.',
    remedy:
      "`asterisk -rx 'module load chan_pjsip.so'` and Asterisk's log say why: often a mistake in pjsip.conf, or noload in modules.conf",
  },
  'modules-missing': {
    result: 'fail',
    means: 'Asterisk has not loaded a module without which something that we do fails.',
    remedy: '`dialwright pbx install` on the PBX loads them, or modules.conf (asterisk-conf/modules.conf has them all)',
  },
  'contexts-missing': {
    result: 'fail',
    means: 'The dialplan of Dialwright is not on the PBX: who answers would hear nothing.',
    remedy:
      '`dialwright pbx install` on the PBX, or add `#include "dialwright/extensions.conf"` to extensions.conf; then `dialplan reload`',
  },
  'sounds-missing': {
    result: 'fail',
    means: 'Sounds that come with Dialwright are not on the PBX: people, or agents, would hear nothing.',
    remedy:
      "`dialwright pbx install` on the PBX, or copy asterisk-conf/sounds/dialwright into the folder of Asterisk's sounds",
  },
  'campaign-sound-missing': {
    result: 'fail',
    means: 'A sound that a campaign names is not on the PBX: people would hear the shipped one, or nothing.',
    remedy: "put the file into the folder of Asterisk's sounds, or correct its name in the campaign's file",
  },
  'copies-missing': {
    result: 'fail',
    means: 'The PBX sends no copies of SIP messages: a person who answers as we hang up is taken for one who did not.',
    remedy:
      'hep.conf on the PBX needs enabled = yes and the capture_address of nodes (hep), and the modules res_hep and res_hep_pjsip; then restart Asterisk',
  },
  'copies-port-taken': {
    result: 'fail',
    means: 'Another program listens where the PBX sends its copies of SIP messages.',
    remedy: 'end it, or set hep.port of the node and capture_address in hep.conf',
  },
  'copies-no-address': {
    result: 'fail',
    means: 'The address at which copies of SIP messages are to be taken is none of this machine.',
    remedy: 'set nodes (hep.host) in the configuration to one that the PBX reaches, or to 0.0.0.0',
  },
  'copies-unasked': {
    result: 'warn',
    means: 'Whether the PBX sends copies of SIP messages is not known, for there was nobody to ask.',
    remedy: 'look again when a trunk is there',
  },
  'trunk-not-pjsip': {
    result: 'warn',
    means: 'A trunk is no PJSIP endpoint, so nothing of it can be checked.',
    remedy: 'try one call by hand',
  },
  'trunk-undefined': {
    result: 'fail',
    means: 'The PBX has no endpoint of the name that the dialString ends with.',
    remedy: 'define it in pjsip.conf, or correct the dialString',
  },
  'trunk-no-caller-id': {
    result: 'warn',
    means: 'The trunk has no numbers to show: a campaign without numbers of its own dials nothing over it.',
    remedy: 'name numbers of yours under the trunk, or in every campaign',
  },
  'trunk-unreachable': {
    result: 'warn',
    means: 'The PBX cannot reach the carrier of a trunk.',
    remedy: "see `asterisk -rx 'pjsip show endpoint NAME'`, then the firewall, then the carrier",
  },
  'trunk-timers': {
    result: 'warn',
    means:
      'Calls over the trunk have no session timer, or a slow one: were Asterisk to die, a voicemail would be paid for until the carrier ends the call.',
    remedy:
      'set timers = yes, timers_sess_expires = 180 and timers_min_se = 90 in the endpoint of the trunk, then `pjsip reload`',
  },
  'trunk-rtp-timeout': {
    result: 'warn',
    means:
      'A call over the trunk whose carrier has died is never ended: there is no limit on silence from the network.',
    remedy: 'set rtp_timeout = 60 and rtp_timeout_hold = 300 in the endpoint of the trunk, then `pjsip reload`',
  },
  'trunk-dtmf': {
    result: 'warn',
    means: 'The trunk takes no keys: nobody can opt out by pressing one.',
    remedy: 'set dtmf_mode = auto in the endpoint of the trunk, then `pjsip reload`',
  },
  'trunk-context': {
    result: 'warn',
    means: 'Calls that come in over the trunk do not lead to the respect line by themselves.',
    remedy:
      'set context = dialwright-inbound in the endpoint, or see that your own dialplan leads the numbers that campaigns show there',
  },
  'trunk-from-user': {
    result: 'warn',
    means:
      'The trunk sends a fixed name as the sender, and nothing else carries the number: people may see that instead of the number of the campaign.',
    remedy:
      'take from_user out of the endpoint; where the carrier wants it for the log-in, set send_pai = yes beside it, and call yourself',
  },
  'direct-media': {
    result: 'fail',
    means:
      "Sound is to go past the PBX: the agent's beep, the message and the look whether a phone sends sound need it there.",
    remedy: 'set direct_media = no in the endpoint, then `pjsip reload`',
  },
  'phones-unmapped': {
    result: 'warn',
    means:
      'The PBX keeps phones in files alone, so a page in a browser can be no phone, and no other can be made from here.',
    remedy:
      '`dialwright pbx install` on the PBX writes sorcery.conf (asterisk-conf/sorcery.conf has the lines), then restart Asterisk; or set phones.provision: false in the configuration',
  },
  'phones-undefined': {
    result: 'fail',
    means: 'The PBX does not know the phones of some agents: they can never be on the line.',
    remedy:
      'make them with `dialwright agents phone ID --password` or by logging in at the page, define them in pjsip.conf, or correct agents in the configuration',
  },
  'phones-away': {
    result: 'warn',
    means: 'The phones of some agents are not registered: nobody can ring them.',
    remedy: 'start those softphones',
  },
  'phone-timers': {
    result: 'warn',
    means:
      'Some phones have no session timer: after a crash of Asterisk they stay in a dead call until somebody hangs up.',
    remedy: 'set timers = yes and timers_sess_expires = 180 in their endpoints, then `pjsip reload`',
  },
  'phone-rtp-timeout': {
    result: 'warn',
    means: 'The line of a phone that has lost its network is never freed: there is no limit on silence from it.',
    remedy: 'set rtp_timeout = 10 and rtp_timeout_hold = 60 in their endpoints, then `pjsip reload`',
  },
  'phone-context': {
    result: 'warn',
    means:
      'What agents dial does not lead to dialwright-agents: *700 does not log in, and the phones may reach more than they should.',
    remedy: 'set context = dialwright-agents in their endpoints, then `pjsip reload`',
  },
  'codecs-apart': {
    result: 'warn',
    means:
      'Phones and trunk have no codec in common: each call is computed over by Asterisk, and is silent where it has no module for that.',
    remedy: 'set disallow = all and allow = ulaw,alaw in both endpoints, then `pjsip reload`',
  },
  'ami-rights': {
    result: 'warn',
    means: 'Our user of the manager interface may do more than we need: whoever gets its secret may as well.',
    remedy: 'set write = system,reporting and read = system,user for it in manager.conf, then `manager reload`',
  },
  'ami-runs-programs': {
    result: 'warn',
    means:
      'With app_mixmonitor loaded, whoever has our secret of the manager interface can run any program on the PBX.',
    remedy:
      'where nothing records calls by it: noload = app_mixmonitor.so in modules.conf and a restart; else keep port 5038 on the loopback and the secret from everybody',
  },
  'ami-listens-openly': {
    result: 'warn',
    means: 'The manager interface listens beyond the PBX itself, without encryption.',
    remedy: 'set bindaddr = 127.0.0.1 in manager.conf and restart Asterisk; from another machine come through a tunnel',
  },
  'ari-listens-openly': {
    result: 'warn',
    means: "Asterisk's web server, which can place calls, listens beyond the PBX itself without encryption.",
    remedy:
      'set bindaddr = 127.0.0.1 in http.conf and restart Asterisk; from another machine come through a tunnel or a proxy with TLS',
  },
  'ari-few-sessions': {
    result: 'warn',
    means: "Asterisk's web server takes no more than 100 connections at once: a burst of calls may be refused.",
    remedy: 'set sessionlimit = 1000 in http.conf and restart Asterisk',
  },
  'pbx-lives-dangerously': {
    result: 'warn',
    means: 'Asterisk permits functions that run programs and read files to whoever can set a variable over AMI or ARI.',
    remedy: 'set live_dangerously = no in asterisk.conf and restart Asterisk',
  },
  'clocks-apart': {
    result: 'warn',
    means:
      "The PBX's clock and this one differ: times of answers and ends that the PBX keeps would be wrong by as much.",
    remedy: 'run NTP on both machines',
  },
} as const satisfies Readonly<Record<string, Finding>>
