import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { acknowledge, giveWay, hangUp, pickUp, receiveInvite, response } from './carrierPlan.js'
import { carrierStatistics } from './carrierStatistics.js'
import { SETTINGS } from './sandboxSettings.js'
import { startSipp } from './sipp.js'
import { RELIABLE, Scenario, sdp, send } from './sippXml.js'

/**
 * Starts a carrier on which everybody rings for one of the given times and then answers, unless given up before. Each
 * time is one wait of SIPp's: between two it would miss a CANCEL, and here every millisecond counts. Some have always
 * answered just before the CANCEL arrives, as on a line that is longer than this one.
 * @param {{folder: string, answersAfterMs: number[], crossingShare: number, talkMs: number, rtpPort: number}} options
 * `answersAfterMs`: from the 180, each as likely as the others; `crossingShare`: of all, 0..1
 * @returns {Promise<import('./carrierStatistics.js').Carrier>}
 */
export async function startRaceCarrier({ folder, ...options }) {
  mkdirSync(folder, { recursive: true })
  const messageLog = join(folder, 'carrier-messages.log')
  const scenarioFile = join(folder, 'carrier.xml')
  writeFileSync(scenarioFile, raceScenario(options))
  const sipp = await startSipp({
    ...{ name: 'carrier', folder, address: SETTINGS.carrier },
    // SIPp looks at its timers this often at the most; its default of 10 ms would be half of the race.
    args: ['-sf', scenarioFile, '-timer_resol', '1', '-trace_msg', '-message_file', messageLog],
  })
  return { messageLog, statistics: () => carrierStatistics(messageLog), stop: sipp.stop }
}

/** @param {{ answersAfterMs: number[], crossingShare: number, talkMs: number, rtpPort: number }} options */
function raceScenario({ answersAfterMs, crossingShare, talkMs, rtpPort }) {
  const scenario = new Scenario('race-carrier')
  const [answers, cancelled, crosses] = [scenario.newLabel(), scenario.newLabel(), scenario.newLabel()]
  const [talked, hungUp, end] = [scenario.newLabel(), scenario.newLabel(), scenario.newLabel()]
  const branches = answersAfterMs.map(afterMs => ({ afterMs, label: scenario.newLabel() }))
  scenario.add(receiveInvite(), send(response('100 Trying')))
  scenario.actions('<sample assign_to="lot" distribution="uniform" min="0" max="1"/>')
  scenario.actions(`<sample assign_to="dice" distribution="uniform" min="0" max="${branches.length}"/>`)
  scenario.add(send(response('180 Ringing')))
  scenario.actions(`<test assign_to="hit" variable="lot" compare="less_than" value="${crossingShare}"/>`)
  scenario.jump(crosses, 'hit')
  for (const [index, { label }] of branches.entries())
    scenario
      .actions(`<test assign_to="hit" variable="dice" compare="less_than" value="${index + 1}"/>`)
      .jump(label, 'hit')
  // Where no lot falls, the last.
  scenario.jump(branches.at(-1)?.label ?? answers)
  for (const { label, afterMs } of branches)
    scenario
      .label(label)
      .add(`<recv request="CANCEL" timeout="${afterMs}" ontimeout="${answers}" next="${cancelled}"/>`)
  scenario.label(answers)
  pickUp(scenario, sdp(rtpPort))
  scenario.add(`<recv request="BYE" timeout="${talkMs}" ontimeout="${talked}" next="${hungUp}"/>`)
  scenario.label(talked)
  hangUp(scenario, { hungUp, end })
  giveWay(scenario, cancelled)
  scenario.jump(end).label(crosses).add('<recv request="CANCEL"/>')
  crossCancel(scenario, { body: sdp(rtpPort), hungUp })
  return scenario
    .label(end)
    .add('<timewait milliseconds="4000"/>', '<Reference variables="contact,user,number"/>')
    .toString()
}

/**
 * The answer had left when the CANCEL came.
 * @param {Scenario} scenario
 * @param {{ body: string, hungUp: number }} to
 */
function crossCancel(scenario, { body, hungUp }) {
  scenario
    .add(send(response('200 OK'), { body, attributes: RELIABLE }), send(acknowledge()))
    .add('<recv request="ACK"/>', `<recv request="BYE" next="${hungUp}"/>`)
}
