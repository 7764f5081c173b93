import { batchOf } from '../../src/core/frame-batch-builder.ts'
import { Conversation } from '../../src/live/conversation.ts'
import type { LiveEvent } from '../../src/live/live-event.ts'
import type { WantedChannel } from '../../src/live/wanted.ts'
import { Pipeline } from '../../src/pipeline.ts'
import type { Command } from '../../src/protocol/commands.ts'
import { textFrame } from '../frames.ts'

interface TalkOptions {
  readonly carries?: (ticker: string) => boolean
  readonly snapshotEvery?: number
}

const TICK = 200

/** A conversation whose other side a test plays by hand, through the decoder and the tracker of a real pipeline. */
export class Talk {
  readonly conversation: Conversation
  readonly pipeline: Pipeline
  readonly events: LiveEvent[] = []
  readonly drops: string[] = []
  /** Milliseconds. */
  now = 0
  #sent: Command[] = []

  constructor(wanted: readonly WantedChannel[], { carries = () => true, ...options }: TalkOptions = {}) {
    this.conversation = new Conversation({
      link: {
        connection: 0,
        slot: 0,
        send: command => this.#sent.push(command),
        drop: reason => this.drops.push(reason)
      },
      wanted,
      carries,
      event: event => this.events.push(event),
      ...options
    })
    this.pipeline = new Pipeline({
      scanners: [],
      sinks: [],
      observer: {
        observe: message => this.conversation.observe(message, this.now),
        irregular: irregularity => this.conversation.irregular(irregularity, this.now)
      }
    })
    this.conversation.begin(this.now)
  }

  async hear(...frames: readonly (object | string)[]): Promise<void> {
    await this.pipeline.accept(batchOf(frames.map(frame => textFrame(frame))))
  }

  /** Lets time pass, looking at it as often as a feed does. */
  pass(milliseconds: number): void {
    for (const end = this.now + milliseconds; this.now < end;) {
      this.now = Math.min(end, this.now + TICK)
      this.conversation.tick(this.now)
    }
  }

  /** What was sent since the last time, such as `1 subscribe ticker A,B` or `2 get_snapshot sid 1 A`. */
  sent(): string[] {
    return this.commands().map(describe)
  }

  commands(): readonly Command[] {
    const sent = this.#sent
    this.#sent = []
    return sent
  }

  types(): string[] {
    return this.events.map(({ type }) => type)
  }

  bookState(ticker: string): string {
    return this.pipeline.tracker.byTicker(ticker)?.bookState ?? 'unknown'
  }
}

export function books(...markets: readonly string[]): WantedChannel & { readonly markets: Set<string> } {
  return { channel: 'orderbook_delta', params: {}, markets: new Set(markets) }
}

export function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `KX-${String(from + index).padStart(5, '0')}`)
}

export function subscribed(id: number, sid: number, channel = 'orderbook_delta'): object {
  return { type: 'subscribed', id, msg: { channel, sid } }
}

export function ok(id: number, sid: number, seq?: number): object {
  return { type: 'ok', id, sid, seq, msg: {} }
}

export function failure(code: number, envelope: object, markets?: readonly string[]): object {
  return { type: 'error', ...envelope, msg: { code, msg: `error ${code}`, market_tickers: markets } }
}

export function snapshot(sid: number, seq: number, ticker: string): object {
  return { type: 'orderbook_snapshot', sid, seq, msg: { ...marketOf(ticker), yes_dollars_fp: [['0.4000', '5.00']] } }
}

export function delta(sid: number, seq: number, ticker: string): object {
  const change = { price_dollars: '0.4000', delta_fp: '1.00', side: 'yes' }
  return { type: 'orderbook_delta', sid, seq, msg: { ...marketOf(ticker), ...change } }
}

function marketOf(ticker: string): object {
  return { market_ticker: ticker, market_id: '11111111-2222-4333-8444-555555555555' }
}

function describe(command: Command): string {
  switch (command.cmd) {
    case 'subscribe':
      return [command.id, 'subscribe', ...command.params.channels, ...listed(command.params.market_tickers)].join(' ')
    case 'update_subscription': {
      const { action, sids = [], market_tickers: tickers } = command.params
      return [command.id, action, 'sid', ...sids, ...listed(tickers)].join(' ')
    }
    case 'unsubscribe':
      return [command.id, 'unsubscribe', ...command.params.sids].join(' ')
    case 'list_subscriptions':
      return [command.id, 'list_subscriptions'].join(' ')
  }
}

/** Long lists by their length. */
function listed(tickers: readonly string[] | undefined): string[] {
  if (tickers === undefined) return []
  return [tickers.length > 5 ? `${tickers.length} markets` : tickers.join(',')]
}
