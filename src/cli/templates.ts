/** The database's name in the configuration. */
export const storeName = 'dialwright.db'

/** The configuration that `init` writes. */
export const configTemplate = `# Dialwright: one file says which PBX, which trunks, which agents. After a change: \`dialwright reload\`.
# Secrets: write a file's name (secretFile), or an environment variable ('\${NAME}') in the secret's place.

nodes:                                  # every Asterisk that is driven
  - id: pbx1
    ami:                                # manager interface (asterisk-conf/dialwright/manager.conf)
      host: 127.0.0.1                   # has no encryption: loopback or a tunnel
      port: 5038
      user: dialwright
      secretFile: pbx.secret
    ari:                                # REST and events (asterisk-conf/dialwright/ari.conf)
      url: http://127.0.0.1:8088/ari
      user: dialwright
      secretFile: pbx.secret

trunks:                                 # ways out to the telephone network
  - id: main
    dialString: PJSIP/{number}@trunk-main
    stripPlus: false                    # true: the carrier wants 12025550100 without the plus sign
    channels: 30                        # calls at once that the carrier permits
    callsPerSecond: 5                   # new calls a second that the carrier permits; never exceeded, no bursts
    maxCall: 4h                         # no call lasts longer, whatever its campaign says
    callerIds:                          # numbers shown to the called person; they must be yours and answered
      - '+12025550100'

agents:                                 # people on SIP softphones, taken into the database at a start; or use \`dialwright agents add\`
# - id: '1001'                          # ids in quotes
#   name: Ann Example
#   endpoint: PJSIP/dw-1001             # as in asterisk-conf/dialwright/pjsip_agents.conf; without it PJSIP/ and the id

# transfers:                            # to whom agents may give people, and nowhere else
# - { id: desk, name: The service desk, endpoint: PJSIP/2001 }

api:
  host: 127.0.0.1
  port: 7420
  tokenFile: dialwright.token           # whoever has it can steer the dialer; people log in: dialwright users --help
  # tls: { certificateFile: /etc/dialwright/fullchain.pem, keyFile: /etc/dialwright/privkey.pem }    # needed beyond this machine
  # url: https://dialer.example.org      # as people write it in a browser

store:
  path: ${storeName}                   # leads, call records, do-not-call; made at the first start

defaultCountry: US                      # of numbers that are written without a country code

# dayCaps: { attempts: 20000, minutes: 9000, zone: America/New_York }    # no more than that in a day, all campaigns together
# respectLine: { maxCalls: 10 }          # how many who call a shown number back are told at a time

# rules:                                # the laws that calls are held to: \`dialwright rules list\`, docs/COMPLIANCE.md
#   folder: my-rules                    # rule files of your own
#   profiles: { ES: FR }                # a place without a file, under the rules of another
#   overrides:
#     - { rule: UK-Ofcom/abandonment, by: your name, reason: opinion of counsel, set: { target: 0.01 } }

log:
  level: info                           # debug, info, warn, error; JSON lines on stderr
`

/** The campaign file that `init` writes. */
export const campaignTemplate = `# A campaign: \`dialwright campaign apply campaign.yaml\` creates it, or changes it while it dials.
# Durations are written like 20s, 1m, 4h. Ratios are 0 to 1: 0.027 is 2.7 %.

id: spring
name: Spring offer

# seller: { id: acme, place: US }       # for whom, and where they are: their laws hold, their abandonment counts over all their campaigns
# countries: [US]                       # whose numbers may be called; default: the seller's country
# purpose: sales                        # sales, service, debt, survey or public: laws differ
# topic: spring-offer                   # what people may have permitted, or refused; limits of attempts may count by it
# consent: respected                    # required: nobody without a permission for the topic
# lists:                                # which lists, and how much of each; without it all together. 0 rests
#   - { list: warm, share: 70 }
#   - { list: cold, share: 30 }
# filter: state in ('NY', 'NJ') and age >= 18    # only leads whose columns fit
# limits:                               # attempts beside the law's own
#   - { max: 2, window: day, per: person }
# fatigue: { limit: 12, halfLife: 14d, rest: 7d }    # rests numbers that calls have worn out; docs/COMPLIANCE.md

pacing:
  mode: predictive                      # progressive: one call per free agent; ratio: a fixed number of lines per agent;
                                        # preview: agents are shown one lead and press Call; manual: they type a number
  abandonmentTarget: 0.027              # what predictive steers to: abandoned / answered by a person
  abandonmentRateMax: 0.03              # the law's limit (US: 16 CFR 310.4(b)(4)(i)); from 98 % of it progressive only
  dialLevelMax: 4                       # never more calls in flight per agent

# pauses: { break: 15m, lunch: 45m, training: any }
# preview: { decide: 30s, timeUp: skip, skipReasons: { not-now: 1h, wrong-data: never } }    # timeUp: call dials when nobody has decided

# Heard by a person whom nobody can take within two seconds: seller's name, a phone number, the opt-out key. Record your
# own and put it into Asterisk's sounds; this one is a placeholder and names nobody.
message: dialwright/nobody-free
optOutKey: '9'

# Heard by whoever calls a number back that this campaign shows: record who calls, for whom and why, and where the numbers come
# from. Without sounds of your own synthesised ones are played, which name nobody. Keys: 2 never again, 3 once more.
# respectLine: { language: en, who: acme/who-calls, source: acme/where-from }    # language: en, es or zh

ringTimeout: 25s                        # 15s to 60s; the law wants at least 15 seconds
# dayCaps: { attempts: 5000, minutes: 3000 }    # no more than that in a day
maxCall: 1h
hours: '09:00-20:00'                    # at the called person's place
weekdays: [mon, tue, wed, thu, fri]

wrapUp:
  timeout: 30s                          # an agent who gives no code is available again after this
  codes: { '1': sale, '2': not-interested, '3': callback, '7': machine, '9': refused }

retry:                                  # when a lead is called again, or never; 'attempts' is the most it may have
  attempts: 5
  busy: 15m
  no-answer: 4h
  machine: 1d                           # no-answer and machine: not at the same hour of another day (sameHour: true lets them)
  abandoned: 3d                         # an earlier call-back needs an agent reserved for it (Ofcom)
  failed: never

# webhook: https://crm.example.com/dialwright   # gets every connected call with its lead's data
`
