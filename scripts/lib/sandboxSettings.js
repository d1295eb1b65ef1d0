/**
 * What is fixed inside the sandbox. Each run has a network namespace of its own, so the usual ports are free in it
 * whatever else this machine runs, and two runs cannot meet.
 */
export const SETTINGS = Object.freeze({
  hostName: 'sandbox',
  ami: '127.0.0.1:5038',
  ari: 'http://127.0.0.1:8088/ari',
  sip: '127.0.0.1:5060',
  /** Where the trunk `trunk-main` leads: the simulated carrier listens here. */
  carrier: '127.0.0.1:5070',
  user: 'dialwright',
  /** Agents' softphones `1001` ... that the sandbox's PBX knows; their password is the run's secret. */
  firstAgent: 1001,
  agents: 400,
})

/**
 * The environment of a command that runs beside the sandbox's Asterisk.
 * @param {string} root
 * @param {string} secret
 */
export function sandboxEnvironment(root, secret) {
  return {
    DIALWRIGHT_SANDBOX: '1',
    DIALWRIGHT_SANDBOX_AMI: SETTINGS.ami,
    DIALWRIGHT_SANDBOX_ARI: SETTINGS.ari,
    DIALWRIGHT_SANDBOX_SIP: SETTINGS.sip,
    DIALWRIGHT_SANDBOX_CARRIER: SETTINGS.carrier,
    DIALWRIGHT_SANDBOX_USER: SETTINGS.user,
    DIALWRIGHT_SANDBOX_SECRET: secret,
    DIALWRIGHT_SANDBOX_ROOT: root,
  }
}
