// A browser whose microphone is a tone, and which knows the tones that it hears: the page itself is the product's, as it is.

/** @import { Browser, Page } from 'playwright-core' */

/** Debian's. */
const CHROMIUM = '/usr/bin/chromium'

/**
 * Starts it. Neither a browser nor a PBX looks for a way over the loopback unless told to.
 * @param {readonly string[]} more
 * @returns {Promise<Browser>}
 */
export async function launchToneBrowser(...more) {
  const { chromium } = await import('playwright-core')
  const media = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']
  const free = ['--no-sandbox', '--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required']
  return chromium.launch({ executablePath: CHROMIUM, args: [...free, ...media, ...more] })
}

/**
 * Before a page's own code: its microphone says `says`, and each connection's sound is listened to.
 * @param {Page} page
 * @param {{ says: number, knows: readonly number[] }} tones Hz
 */
export async function giveTones(page, tones) {
  await page.addInitScript(`(${inPage})(${JSON.stringify(tones)})`)
}

/**
 * Which tones the page hears now.
 * @param {Page} page
 * @returns {Promise<number[]>}
 */
export function tonesHeardIn(page) {
  return page.evaluate('heardTones.now()')
}

/**
 * When it heard each tone first since it was loaded, or since {@link forgetTones}: epoch ms by Hz.
 * @param {Page} page
 * @returns {Promise<Readonly<Record<string, number>>>}
 */
export function tonesFirstHeardIn(page) {
  return page.evaluate('heardTones.first')
}

/** @param {Page} page */
export async function forgetTones(page) {
  await page.evaluate('heardTones.first = {}')
}

/** As text in the page: a microphone that was asked for is worked on against noise, and tones are noise to it. */
const inPage = `({ says, knows }) => {
  const context = new AudioContext()
  const microphone = new MediaStreamAudioDestinationNode(context)
  const voice = new OscillatorNode(context, { frequency: says })
  voice.connect(new GainNode(context, { gain: 0.25 })).connect(microphone)
  voice.start()
  navigator.mediaDevices.getUserMedia = async () => microphone.stream
  let ear
  const heard = { first: {}, now: () => tones() }
  const tones = () => {
    if (ear === undefined) return []
    const samples = new Float32Array(ear.fftSize)
    ear.getFloatTimeDomainData(samples)
    return knows.filter(hz => amplitude(samples, hz) > 0.06)
  }
  const amplitude = (samples, hz) => {
    const turn = 2 * Math.cos((2 * Math.PI * hz) / context.sampleRate)
    let [last, before] = [0, 0]
    for (const sample of samples) [last, before] = [sample + turn * last - before, last]
    return (2 * Math.sqrt(Math.max(0, last * last + before * before - turn * last * before))) / samples.length
  }
  const Connection = RTCPeerConnection
  window.RTCPeerConnection = class extends Connection {
    constructor(...given) {
      super(...given)
      this.addEventListener('track', ({ track }) => {
        ear = new AnalyserNode(context, { fftSize: 2048 })
        new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) }).connect(ear)
      })
    }
  }
  setInterval(() => { for (const hz of tones()) heard.first[hz] ??= Date.now() }, 10)
  window.heardTones = heard
}`
