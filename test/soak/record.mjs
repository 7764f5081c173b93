// Runs `kws record`, several times, against `kws serve` with random faults, and holds the recordings against the fault
// log and the exchange's own books: `npm run soak:record -- --minutes 20`. It is no part of `npm test`.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { countsOf, randomOf, sleep, sum } from './chance.mjs'
import { ExchangeProcess } from './exchange-process.mjs'
import { soakBelowTcp } from './netns.mjs'
import { account, connectionsOf } from './recorded-account.mjs'
import { RecorderProcess } from './recorder-process.mjs'
import { Relay } from './relay.mjs'
import { replayedTo, wireBook } from './replayed-books.mjs'

/** After these the connection is the same. */
const MILD = [
  'skip-seq',
  'repeat-seq',
  'reorder-seq',
  'cut',
  'malformed',
  'unknown-type',
  'unknown-field',
  'wrong-sid',
  'huge=1MB',
  'delay=300ms,2s',
  'burst=1s',
  'silent=2s',
  'late-ack=20',
  'wrong-clock=-1h,2s',
  'wrong-clock=1h,2s'
]
/** These cost a connection or a subscription, and the longer the more often they come: one in a while is enough. */
const SEVERE = ['drop', 'close', 'close=1001', 'silent', 'error=10', 'error=25']
const OF_RELAY = ['cut', 'swallow']
const REFUSALS = ['refuse=503x2', 'refuse=429x1', 'refuse=401x1']
const SEVERE_EVERY_MS = 60_000
/** Between two faults, at most. */
const FAULT_MS_MAX = 900
const ABNORMAL_CLOSURE = 1006
const FREEZE_CHANCE = 0.01
const FREEZE_MS_MAX = 6_000
/** Silence is noticed after 25 s, a refusal is waited out for 10 s, and the backoff may take half a minute. */
const RECOVERY_MS_MAX = 120_000
/** How long all must have been well before it counts. */
const CALM_MS = 12_000
/** For what is under way to arrive, and to be written. */
const DRAIN_MS = 3_000

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    rate: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    netns: { type: 'boolean', default: false }
  }
})
const random = randomOf(Number(flags.seed))
if (flags.netns) process.exit((await soakBelowTcp(Number(flags.minutes), random)) ? 0 : 1)

const exchange = await ExchangeProcess.start(['--markets-count=60', `--rate=${flags.rate}`, `--seed=${flags.seed}`])
const folder = mkdtempSync(join(tmpdir(), 'kws-soak-'))
const series = [...new Set((await exchange.openTickers()).map(seriesOf))]
const recorders = []
/** Of an exchange's connection, when it last met something severe. */
const severeAt = new Map()
let faults = 0
await startRecorders()
const begun = Date.now()
await breakThings(begun + Number(flags.minutes) * 60_000)
const isWell = await recover()
await exchange.pause()
await sleep(DRAIN_MS)
const checkedAt = BigInt(Date.now()) * 1_000_000n
const status = await exchange.status()
const truths = new Map()
for (const ticker of await exchange.openTickers()) truths.set(ticker, await exchange.book(ticker))
const exchangePeak = exchange.peakMegabytes
for (const { process } of recorders) await process.stop()
await exchange.stop()
await report()
for (const { relay } of recorders) relay.close()

/** One for each series, the first two over two connections, and one for named markets and all else as a whole. */
async function startRecorders() {
  const named = (await exchange.openTickers()).filter(ticker => seriesOf(ticker) === series[0])
  const sets = [
    ['all', [`--series=${series.join(',')}`, '--connections=2'], 2, series],
    ['half', [`--series=${series.slice(0, 3).join(',')}`, '--connections=2'], 2, series.slice(0, 3)],
    ['one', [`--series=${series.at(-1)}`], 1, [series.at(-1)]],
    ['named', [`--markets=${named.join(',')}`, '--channels=orderbook_delta,ticker,trade', '--no-seed'], 1, []]
  ]
  for (const [name, recorderFlags, connections, followed] of sets) {
    const relay = await new Relay(exchange.url).listen()
    const process = new RecorderProcess(name, join(folder, name), [`--url=${relay.url}`].concat(recorderFlags))
    const markets = name === 'named' ? named : []
    recorders.push({ process, relay, connections, series: new Set(followed), markets: new Set(markets) })
  }
  await until(() => recorders.every(({ relay, connections }) => relay.open.length === connections), RECOVERY_MS_MAX)
}

async function breakThings(end) {
  const progress = setInterval(() => console.log(statusLine()), 30_000)
  while (Date.now() < end) {
    await sleep(random() * FAULT_MS_MAX)
    const recorder = pick(recorders)
    const passage = pick(recorder.relay.open)
    if (random() < FREEZE_CHANCE) void freeze(recorder)
    if (passage === undefined) continue
    const { exchangeNumber: number } = passage
    if (random() < 0.1 && Date.now() - (severeAt.get(recorder) ?? 0) > SEVERE_EVERY_MS) {
      severeAt.set(recorder, Date.now())
      await doSevere(passage, number)
    } else await exchange.inject(`${pick(MILD)}#${number}`)
    faults++
  }
  clearInterval(progress)
}

async function doSevere(passage, number) {
  if (random() < 0.3) await exchange.inject(pick(REFUSALS))
  if (random() < 0.25) passage[pick(OF_RELAY)]()
  else await exchange.inject(`${pick(SEVERE)}#${number}`)
}

async function freeze({ process }) {
  if (process.isFrozen) return
  process.isFrozen = true
  process.freeze()
  await sleep(random() * FREEZE_MS_MAX)
  process.thaw()
  process.isFrozen = false
  faults++
}

/** Until all connections have been there for a while, and their subscriptions with them. */
async function recover() {
  let calmSince = Date.now()
  return await until(async () => {
    const { clients } = await exchange.status()
    const live = new Set(recorders.flatMap(({ relay }) => relay.open.map(({ exchangeNumber }) => exchangeNumber)))
    const isAll = recorders.every(
      ({ relay, connections, process }) => relay.open.length === connections && !process.isFrozen
    )
    const haveSubscribed = clients
      .filter(({ connection }) => live.has(connection))
      .every(({ subscriptions }) => subscriptions.length > 0)
    if (!isAll || !haveSubscribed) calmSince = Date.now()
    return Date.now() - calmSince > CALM_MS
  }, RECOVERY_MS_MAX)
}

async function report() {
  const log = exchange.log()
  const wrong = recorders
    .filter(({ process }) => process.exitCode !== 0)
    .map(({ process }) => `${process.name} ended with ${process.exitCode}`)
  if (!isWell) wrong.push('not all connections came back')
  const totals = { recorded: 0, missing: 0, gaps: 0, told: 0, cut: 0, equal: 0 }
  for (const recorder of recorders) await reportOf(recorder, log, totals, wrong)
  const lost = sum(log.flatMap(({ lost = [] }) => lost.map(({ frames }) => frames)))
  const taken = log.filter(({ fault }) => fault === 'skip-seq').length
  const onWire = status.server.frames
  for (const line of wrong.slice(0, 40)) console.log(`wrong: ${line}`)
  console.log(
    `faults: ${countsOf(log.filter(({ phase }) => phase === undefined || phase === 'begin').map(({ fault }) => fault))}`
  )
  console.log(`told: ${countsOf(recorders.flatMap(({ process }) => process.told.map(({ type }) => type)))}`)
  const cutOff = onWire - totals.recorded
  const isFine = wrong.length === 0 && totals.equal > 0 && cutOff >= 0 && (cutOff === 0 || totals.cut > 0)
  const memory = recorders.map(({ process }) => process.peak).join('/')
  console.log(
    `${isFine ? 'PASS' : 'FAIL'}: ${faults} faults in ${Math.round((Date.now() - begun) / 60_000)} min; ` +
      `${onWire + lost + taken} frames sent, ${totals.recorded} recorded, ${lost + taken} lost by faults, ` +
      `${cutOff} on their way when ${totals.cut} connections were cut; ` +
      `${totals.missing} missing within connections, each as the log says; ` +
      `gaps told ${totals.told}, true ${totals.gaps}; ${totals.equal} books equal to the truth; ` +
      `peak memory ${memory} MB of the recorders, ${exchangePeak} MB of the exchange (${folder}, ${exchange.logFile})`
  )
  process.exitCode = isFine ? 0 : 1
}

async function reportOf({ process: recorder, relay, series, markets }, log, totals, wrong) {
  const complain = line => wrong.push(`${recorder.name}: ${line}`)
  const connections = await connectionsOf(recorder.directory, checkedAt)
  if (connections.length !== relay.connections.length) {
    complain(`${connections.length} connections recorded, ${relay.connections.length} opened`)
  }
  const gaps = []
  for (const [index, recorded] of connections.entries()) {
    const passage = relay.connections[index]
    if (passage === undefined) continue
    const entries = log.filter(({ connection }) => connection === passage.exchangeNumber)
    const result = account(recorded, entries)
    gaps.push(...result.gaps.map(gap => ({ connection: recorded.connection, ...gap })))
    totals.missing += result.missing
    totals.recorded += recorded.textsBefore
    for (const line of result.wrong) complain(`connection ${passage.exchangeNumber}: ${line}`)
    if (wasCutOff(recorded, passage, complain)) totals.cut++
  }
  const told = recorder.tellingOf('gap').filter(({ sid }) => sid < 1_000_000)
  totals.gaps += gaps.length
  totals.told += told.length
  compareGaps(gaps, told, complain)
  const tracker = await replayedTo(recorder.directory, checkedAt)
  for (const [ticker, truth] of truths) {
    if (!markets.has(ticker) && !series.has(seriesOf(ticker))) continue
    const book = wireBook(tracker, ticker)
    if (JSON.stringify(book) === JSON.stringify(truth)) totals.equal++
    else complain(`the book of ${ticker} is ${book === undefined ? tracker.byTicker(ticker)?.bookState : 'wrong'}`)
  }
}

/**
 * Whether all that the exchange handed to a connection was recorded. Where it was cut off, something may have been lost
 * on its way: then true is returned.
 */
function wasCutOff(recorded, { exchangeNumber: number, frames }, complain) {
  const live = status.clients.find(({ connection }) => connection === number)
  if (live !== undefined) {
    if (live.frames !== recorded.textsBefore)
      complain(`connection ${number}: ${live.frames} sent, ${recorded.textsBefore} recorded`)
    return false
  }
  const isCut = recorded.closeCode === ABNORMAL_CLOSURE
  if (isCut ? frames < recorded.texts.length : frames !== recorded.texts.length) {
    complain(
      `connection ${number}: ${frames} passed on, ${recorded.texts.length} recorded, closed with ${recorded.closeCode}`
    )
  }
  return isCut
}

function compareGaps(gaps, told, complain) {
  const left = new Map()
  for (const gap of told.map(nameOf)) left.set(gap, (left.get(gap) ?? 0) + 1)
  for (const gap of gaps.map(nameOf)) {
    const count = left.get(gap) ?? 0
    if (count === 0) complain(`a gap was not told: ${gap}`)
    else left.set(gap, count - 1)
  }
  for (const [gap, count] of left) if (count > 0) complain(`a gap was told and is none: ${gap}`)
}

function nameOf({ connection, sid, expected, received }) {
  return `${connection}/${sid} ${expected} to ${received}`
}

function statusLine() {
  const reconnects = sum(recorders.map(({ process }) => process.tellingOf('reconnect').length))
  const gaps = sum(recorders.map(({ process }) => process.tellingOf('gap').length))
  return `${faults} faults, ${gaps} gaps told, ${reconnects} reconnections`
}

async function until(isSo, milliseconds) {
  for (const end = Date.now() + milliseconds; Date.now() < end;) {
    if (await isSo()) return true
    await sleep(200)
  }
  return false
}

function seriesOf(ticker) {
  return ticker.slice(0, ticker.indexOf('-'))
}

function pick(options) {
  return options[Math.floor(random() * options.length)]
}
