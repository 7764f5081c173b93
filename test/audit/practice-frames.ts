import type { Frame } from '../../src/core/frame.ts'
import type { Era } from '../../src/exchange/era.ts'
import { TextLink } from '../../src/exchange/frame-link.ts'
import { SyntheticExchange } from '../../src/exchange/synthetic-exchange.ts'
import type { Channel } from '../../src/protocol/channels.ts'
import { practiceSessions } from '../exchange/practice-sessions.ts'
import { NOON } from '../frames.ts'

export interface PracticeOptions {
  readonly seed?: number
  readonly markets?: number
  /** Things that happen on the exchange after all has been subscribed to. */
  readonly steps?: number
  /** After so many of them all books are asked for again; at the end they are in any case. */
  readonly snapshotsEvery?: number
  readonly roundLength?: number
  readonly era?: Era
  readonly useYesPrice?: boolean
  readonly channels?: readonly Channel[]
  readonly connection?: number
  /** When the connection opens, in seconds after noon. */
  readonly opens?: number
  /** Between two frames. */
  readonly secondsApart?: number
}

const CHANNELS: readonly Channel[] = ['orderbook_delta', 'ticker', 'trade', 'market_lifecycle_v2']
const PING_SECONDS = 10

const nothing = () => {}

/** What a recorder stores of one connection to a practice exchange, from its opening to its close, on a clock of its own. */
export function practiceFrames({
  seed = 1,
  markets = 4,
  steps = 300,
  snapshotsEvery = 100,
  roundLength = 1e9,
  era = 'current',
  useYesPrice = false,
  channels = CHANNELS,
  connection = 0,
  opens = 0,
  secondsApart = 0.05
}: PracticeOptions = {}): Frame[] {
  const exchange = new SyntheticExchange({ seed, markets, roundLength, era })
  const frames: Frame[] = []
  let seconds = opens
  let pinged = opens
  const add = (payload: string, kind: Frame['kind'] = 'text', direction: Frame['direction'] = 'received') => {
    const monotonic = BigInt(Math.round((seconds + 1) * 1e9))
    frames.push({ receivedAt: NOON + monotonic, monotonic, connection, kind, direction, payload: Buffer.from(payload) })
    seconds += secondsApart
    if (seconds - pinged < PING_SECONDS) return
    pinged += PING_SECONDS
    add('heartbeat', 'ping')
    add('heartbeat', 'pong', 'sent')
  }
  const link = new TextLink({
    send: text => add(text),
    ping: nothing,
    pong: nothing,
    close: nothing,
    terminate: nothing
  })
  const sessions = practiceSessions(exchange, era, () => seconds)
  const session = sessions.open(link)
  let id = 0
  const command = (cmd: string, params: object) => {
    const text = JSON.stringify({ id: ++id, cmd, params })
    add(text, 'text', 'sent')
    session.receive(text)
  }
  const tickers = exchange.tickers()
  const askAll = () =>
    command('update_subscription', { sid: 1, action: 'get_snapshot', market_tickers: exchange.tickers() })

  add(JSON.stringify({ url: 'ws://exchange' }), 'open')
  for (const channel of channels) {
    const params = channel === 'orderbook_delta' ? { use_yes_price: useYesPrice } : {}
    command('subscribe', { channels: [channel], market_tickers: tickers, ...params })
  }
  for (let step = 1; step <= steps; step++) {
    for (const change of exchange.advance()) {
      session.publish(sessions.told(change))
      if (change.type === 'market_lifecycle_v2' && change.eventType === 'settled') session.forget(change.market.ticker)
    }
    if (step % snapshotsEvery === 0) askAll()
  }
  askAll()
  add(JSON.stringify({ code: 1000, reason: '' }), 'close')
  return frames
}

/** What a text frame says. */
export function wireOf(frame: Frame): Wire {
  return frame.kind === 'text' ? (JSON.parse(Buffer.from(frame.payload).toString()) as Wire) : {}
}

interface Wire {
  readonly type?: string
  readonly id?: number
  readonly sid?: number
  readonly seq?: number
  readonly msg?: Readonly<Record<string, unknown>>
}

/** The frame with another text. */
export function rewritten(frame: Frame, change: (text: string) => string): Frame {
  return { ...frame, payload: Buffer.from(change(Buffer.from(frame.payload).toString())) }
}

/** Where the n-th frame of a type stands, counted from 0. */
export function indexOf(frames: readonly Frame[], type: string, n = 0): number {
  const indices = [...frames.keys()].filter(index => frames[index] !== undefined && wireOf(frames[index]).type === type)
  return indices[n] ?? -1
}
