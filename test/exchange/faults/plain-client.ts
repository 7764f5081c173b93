import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../../src/core/clock.ts'
import type { FaultEntry } from '../../../src/exchange/faults/fault-entry.ts'
import { parseFault } from '../../../src/exchange/faults/fault-language.ts'
import { PracticeExchange } from '../../../src/exchange/practice-exchange.ts'

export interface PlainFrame {
  readonly type?: string
  readonly id?: number
  readonly sid?: number
  readonly seq?: number
  readonly sending_ts_ms?: number
  readonly msg?: { readonly code?: number; readonly ts_ms?: number }
}

/** An exchange with faults, and all that they logged. */
export async function startFaulty(
  faults: readonly string[]
): Promise<{ exchange: PracticeExchange; log: FaultEntry[] }> {
  const log: FaultEntry[] = []
  const exchange = await PracticeExchange.start({
    clock: systemClock(),
    rate: 4_000,
    markets: 8,
    heartbeatSeconds: 0.05,
    faults: { faults: faults.map(parseFault), seed: 1, log: entry => log.push(entry as FaultEntry) }
  })
  onTestFinished(() => exchange.close())
  return { exchange, log }
}

/** A client that believes nothing: it keeps whatever comes. */
export class PlainClient {
  readonly socket: WebSocket
  readonly texts: string[] = []
  pings = 0

  private constructor(url: string) {
    this.socket = new WebSocket(url)
    this.socket.on('message', (data: Buffer) => this.texts.push(data.toString()))
    this.socket.on('ping', () => this.pings++)
    onTestFinished(() => this.socket.terminate())
  }

  static async connect({ url }: PracticeExchange): Promise<PlainClient> {
    const client = new PlainClient(url)
    await once(client.socket, 'open')
    return client
  }

  subscribe(tickers: readonly string[]): void {
    const params = { channels: ['orderbook_delta'], market_tickers: tickers }
    this.socket.send(JSON.stringify({ id: 1, cmd: 'subscribe', params }))
  }

  /** The frames that are JSON. */
  frames(): PlainFrame[] {
    return this.texts.flatMap(text => parsed(text) ?? [])
  }

  /** The seqs of a sid, in the order in which they came. */
  seqs(sid: number): number[] {
    return this.frames().flatMap(frame => (frame.sid === sid && frame.seq !== undefined ? frame.seq : []))
  }

  /** Resolves when so many frames have come. */
  async receive(count: number): Promise<void> {
    while (this.texts.length < count) await once(this.socket, 'message')
  }

  async closeCode(): Promise<unknown> {
    const [code] = await once(this.socket, 'close')
    return code
  }
}

export function parsed(text: string): PlainFrame | undefined {
  try {
    return JSON.parse(text) as PlainFrame
  } catch {
    return undefined
  }
}
