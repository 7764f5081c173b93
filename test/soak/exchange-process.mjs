import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** `kws serve --synthetic` with a fault log, and what can be said to it. */
export class ExchangeProcess {
  /** Where to connect. */
  url
  logFile
  #child
  #http

  static async start(flags) {
    const exchange = new ExchangeProcess()
    exchange.logFile = join(mkdtempSync(join(tmpdir(), 'kws-soak-')), 'faults.ndjson')
    const args = [resolve('bin/kws'), 'serve', '--synthetic', `--fault-log=${exchange.logFile}`, ...flags]
    exchange.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    process.on('exit', () => exchange.#child.kill())
    exchange.url = await firstLineOf(exchange.#child)
    exchange.#http = `http://127.0.0.1:${new URL(exchange.url).port}`
    return exchange
  }

  async inject(fault) {
    const response = await fetch(`${this.#http}/control/fault`, { method: 'POST', body: JSON.stringify({ fault }) })
    if (!response.ok) throw new Error(`${fault}: ${await response.text()}`)
  }

  async pause() {
    await fetch(`${this.#http}/control/pause`, { method: 'POST' })
  }

  async resume() {
    await fetch(`${this.#http}/control/resume`, { method: 'POST' })
  }

  /** What `GET /control` tells. */
  async status() {
    return await (await fetch(`${this.#http}/control`)).json()
  }

  async openTickers() {
    const response = await fetch(`${this.#http}/trade-api/v2/markets?status=open&limit=1000`)
    const { markets } = await response.json()
    return markets.map(({ ticker }) => ticker)
  }

  /** Undefined for a market that is settled. */
  async book(ticker) {
    const response = await fetch(`${this.#http}/control/book/${ticker}`)
    return response.ok ? await response.json() : undefined
  }

  log() {
    const text = readFileSync(this.logFile, 'utf8').trimEnd()
    return text === '' ? [] : text.split('\n').map(line => JSON.parse(line))
  }

  get peakMegabytes() {
    return peakMegabytes(this.#child.pid)
  }

  async stop() {
    this.#child.kill('SIGINT')
    await once(this.#child, 'exit')
  }
}

/** The largest resident size so far, which Linux alone tells. */
export function peakMegabytes(pid) {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Math.round(Number(kilobytes) / 1024)
  } catch {
    return 'unknown'
  }
}

async function firstLineOf(child) {
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error('kws serve ended before it began; npm run prepare builds it')
}
