// Runs `kws serve` with random faults against clients that know what is right, and holds what they saw against the
// fault log: `npm run soak -- --minutes 10`. It is no part of `npm test`.
import { parseArgs } from 'node:util'
import { countsOf, randomOf, sleep, sum } from './chance.mjs'
import { ExchangeProcess } from './exchange-process.mjs'
import { unexplained } from './explain.mjs'
import { SoakClient } from './soak-client.mjs'

const FAULTS = [
  'drop',
  'close',
  'close=1001',
  'silent=3s',
  'silent',
  'skip-seq',
  'repeat-seq',
  'reorder-seq',
  'delay=300ms,2s',
  'burst=1s',
  'cut',
  'malformed',
  'unknown-type',
  'unknown-field',
  'huge',
  'wrong-sid',
  'error=10',
  'error=25',
  'late-ack=20',
  'wrong-clock=-1h,2s'
]
const REFUSAL = 'refuse=503x1'
const MARKETS_PER_CLIENT = 12
/** Between two faults, at most. */
const FAULT_MS_MAX = 600
/** The longest fault is over by then, and a client that met endless silence has noticed. */
const LAST_FAULT_MS = 8_000
/** For the clients to recover from it. */
const RECOVERY_MS_MAX = 20_000
/** For what is under way to arrive. */
const DRAIN_MS = 1_000

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string', default: '6' },
    rate: { type: 'string', default: '1500' },
    seed: { type: 'string', default: '1' }
  }
})
let connections = 0
let lastAttempt = Promise.resolve()
const random = randomOf(Number(flags.seed))
const exchange = await ExchangeProcess.start(['--markets-count=60', `--rate=${flags.rate}`, `--seed=${flags.seed}`])
const { url, logFile } = exchange

let tickers = await exchange.openTickers()
const clients = Array.from({ length: Number(flags.clients) }, () => {
  return new SoakClient({ url, connect: oneAtATime, chooseTickers: () => choose(tickers, MARKETS_PER_CLIENT) })
})
const running = Promise.all(clients.map(client => client.run()))

await breakThings(Date.now() + Number(flags.minutes) * 60_000)
await recover()
const books = await compareBooks()
const { server: counters } = await exchange.status()
const peak = exchange.peakMegabytes
for (const client of clients) client.stop()
await running
await exchange.stop()
report()

async function breakThings(end) {
  const progress = setInterval(() => console.log(statusLine()), 10_000)
  while (Date.now() < end) {
    await sleep(random() * FAULT_MS_MAX)
    const client = pick(clients)
    if (random() < 0.03) await exchange.inject(REFUSAL)
    else if (client.connection >= 0) await exchange.inject(`${pick(FAULTS)}#${client.connection}`)
    if (random() < 0.05) tickers = await exchange.openTickers()
  }
  clearInterval(progress)
}

/** Until every client trusts all its books again. Markets that have settled meanwhile are forgotten. */
async function recover() {
  await sleep(LAST_FAULT_MS)
  const end = Date.now() + RECOVERY_MS_MAX
  while (Date.now() < end && !clients.every(client => client.isWhole)) {
    await sleep(500)
    for (const client of clients) {
      for (const [ticker, { isFresh }] of client.books) {
        if (!isFresh && (await exchange.book(ticker)) === undefined) client.forget(ticker)
      }
    }
  }
  await exchange.pause()
  await sleep(DRAIN_MS)
}

async function compareBooks() {
  const result = { equal: 0, stale: 0, wrong: /** @type {string[]} */ ([]) }
  for (const client of clients) {
    for (const [ticker, book] of client.books) {
      const truth = await exchange.book(ticker)
      if (truth === undefined) continue
      const folded = JSON.stringify({ yes: pairs(book.yes), no: pairs(book.no) })
      if (!book.isFresh) result.stale++
      else if (folded === JSON.stringify(truth)) result.equal++
      else result.wrong.push(`connection ${client.connection} ${ticker}`)
    }
  }
  return result
}

function report() {
  const log = exchange.log()
  const deviations = clients.flatMap(client => client.deviations)
  const strange = unexplained(deviations, log)
  const received = sum(clients.map(client => client.framesReceived))
  console.log(
    `faults: ${countsOf(log.filter(({ phase }) => phase === undefined || phase === 'begin').map(({ fault }) => fault))}`
  )
  console.log(`deviations seen: ${countsOf(deviations.map(({ kind }) => kind))}`)
  for (const deviation of strange.slice(0, 20)) console.log(`not explained: ${JSON.stringify(deviation)}`)
  for (const wrong of books.wrong.slice(0, 20)) console.log(`wrong book: ${wrong}`)
  const isFine = strange.length === 0 && books.wrong.length === 0 && books.stale === 0 && books.equal > 0
  console.log(
    `${isFine ? 'PASS' : 'FAIL'}: ${counters.frames} frames sent, ${received} received, ${log.length} log entries, ` +
      `${deviations.length} deviations, ${strange.length} not explained, ${books.equal} books equal to the truth, ` +
      `${books.wrong.length} wrong, ${books.stale} stale, server peak ${peak} MB (log: ${logFile})`
  )
  process.exitCode = isFine ? 0 : 1
}

/** The server counts the connections that it lets in, from 0: attempts must not overlap. */
async function oneAtATime(attempt) {
  const before = lastAttempt
  let done
  lastAttempt = new Promise(resolve => (done = resolve))
  await before
  const isOpen = await attempt()
  const connection = isOpen ? connections++ : -1
  done()
  return connection
}

function statusLine() {
  const received = sum(clients.map(client => client.framesReceived))
  const deviations = sum(clients.map(client => client.deviations.length))
  return `${received} frames received, ${deviations} deviations, ${connections} connections`
}

/** As the control endpoint tells a side: ascending, dollars and contracts as strings. */
function pairs(side) {
  return [...side]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([price, hundredths]) => [price, (hundredths / 100).toFixed(2)])
}

function pick(options) {
  return options[Math.floor(random() * options.length)]
}

function choose(options, count) {
  const left = [...options]
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(random() * left.length), 1)[0]
  )
}
