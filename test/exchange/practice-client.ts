import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { systemClock } from '../../src/core/clock.ts'
import { countFromContracts, priceFromDollars } from '../../src/core/units.ts'
import type { PracticeExchangeOptions } from '../../src/exchange/practice-exchange.ts'
import { PracticeExchange } from '../../src/exchange/practice-exchange.ts'
import { FoldedBook } from './folded-book.ts'

const level = z.tuple([z.string(), z.string()])

/** The fields that the tests look at. */
const frameSchema = z.looseObject({
  type: z.string(),
  id: z.int().optional(),
  sid: z.int().optional(),
  seq: z.int().optional(),
  sending_ts_ms: z.int().optional(),
  msg: z
    .union([
      z.array(z.looseObject({ channel: z.string(), sid: z.int() })),
      z.looseObject({
        code: z.int().optional(),
        msg: z.string().optional(),
        channel: z.string().optional(),
        event_type: z.string().optional(),
        market_ticker: z.string().optional(),
        market_tickers: z.array(z.string()).optional(),
        side: z.enum(['yes', 'no']).optional(),
        price_dollars: z.string().optional(),
        delta_fp: z.string().optional(),
        yes_dollars_fp: z.array(level).optional(),
        no_dollars_fp: z.array(level).optional()
      })
    ])
    .optional()
})

export type WireFrame = z.infer<typeof frameSchema>

/** A practice exchange that closes with the test. */
export async function startExchange(options: Omit<PracticeExchangeOptions, 'clock'> = {}): Promise<PracticeExchange> {
  const exchange = await PracticeExchange.start({ clock: systemClock(), rate: 4_000, markets: 8, ...options })
  onTestFinished(() => exchange.close())
  return exchange
}

/** A client that keeps every frame it gets. */
export class PracticeClient {
  readonly socket: WebSocket
  readonly texts: string[] = []
  readonly frames: WireFrame[] = []
  #lastId = 0

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      const text = data.toString()
      this.texts.push(text)
      this.frames.push(frameSchema.parse(JSON.parse(text)))
    })
  }

  static async connect({ url }: { readonly url: string }): Promise<PracticeClient> {
    const socket = new WebSocket(url)
    const client = new PracticeClient(socket)
    await once(socket, 'open')
    return client
  }

  /** Sends a command under a new id and resolves with the first frame that answers it. */
  async command(cmd: string, params?: object): Promise<WireFrame> {
    const id = ++this.#lastId
    this.socket.send(JSON.stringify({ id, cmd, params }))
    return this.until(frame => frame.id === id)
  }

  /** Resolves with the first frame, got or still to come, of which something is true. */
  async until(isWanted: (frame: WireFrame) => boolean): Promise<WireFrame> {
    for (let at = 0; ; at++) {
      while (at >= this.frames.length) await once(this.socket, 'message')
      const frame = this.frames[at]
      if (frame !== undefined && isWanted(frame)) return frame
    }
  }

  /** Resolves when so many more frames have come. */
  async receive(count: number): Promise<void> {
    const wanted = this.frames.length + count
    while (this.frames.length < wanted) await once(this.socket, 'message')
  }

  /** Resolves when everything sent before has arrived. */
  async drain(): Promise<void> {
    this.socket.ping()
    await once(this.socket, 'pong')
  }

  of(sid: number | undefined): WireFrame[] {
    return this.frames.filter(frame => frame.sid === sid)
  }

  /** The books that the frames of a subscription fold to. */
  books(sid: number | undefined, useYesPrice = false): Map<string, FoldedBook> {
    const books = new Map<string, FoldedBook>()
    for (const { type, msg } of this.of(sid)) {
      if (msg === undefined || Array.isArray(msg) || msg.market_ticker === undefined) continue
      if (type === 'orderbook_snapshot') {
        const yes = (msg.yes_dollars_fp ?? []).map(pair => toLevel(pair, false))
        const no = (msg.no_dollars_fp ?? []).map(pair => toLevel(pair, useYesPrice))
        books.set(msg.market_ticker, new FoldedBook({ yes, no }))
      } else if (type === 'orderbook_delta' && msg.side !== undefined) {
        const { price, count } = toLevel(
          [msg.price_dollars ?? '', msg.delta_fp ?? ''],
          useYesPrice && msg.side === 'no'
        )
        const book = books.get(msg.market_ticker)
        if (book === undefined) throw new Error(`a delta of ${msg.market_ticker} came before its snapshot`)
        book.change(msg.side, price, count)
      }
    }
    return books
  }
}

function toLevel(
  [dollars, contracts]: readonly [string, string],
  complemented: boolean
): { price: number; count: number } {
  const price = priceFromDollars(dollars)
  return { price: complemented ? 10_000 - price : price, count: countFromContracts(contracts) }
}
