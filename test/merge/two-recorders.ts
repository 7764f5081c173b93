import type { Frame } from '../../src/core/frame.ts'
import { TextLink } from '../../src/exchange/frame-link.ts'
import type { Publication } from '../../src/exchange/publication.ts'
import { SeededRandom } from '../../src/exchange/seeded-random.ts'
import type { Session } from '../../src/exchange/session.ts'
import { SyntheticExchange } from '../../src/exchange/synthetic-exchange.ts'
import type { Channel } from '../../src/protocol/channels.ts'
import { practiceSessions } from '../exchange/practice-sessions.ts'
import { NOON } from '../frames.ts'

/** What goes wrong for a recorder of a practice exchange. */
export interface Losses {
  /** Of a frame of data. */
  readonly skip?: number
  /** Of the connection, at each step. */
  readonly cut?: number
  /** How many steps it then stays away, at most. */
  readonly away?: number
  /** Without the events of its connections, as in others' captures. */
  readonly isBare?: boolean
  /** Which of the exchange's markets it asks for. Default: all. */
  readonly wants?: (ticker: string, index: number) => boolean
  readonly useYesPrice?: boolean
}

const CHANNELS: readonly Channel[] = ['orderbook_delta', 'ticker', 'trade', 'market_lifecycle_v2']
const STEP_SECONDS = 0.05
const LATENCY_SECONDS_MAX = 0.02
/** After a loss, until it is noticed and snapshots are asked for. */
const REPAIR_STEPS = 8

const nothing = () => {}

/** One recorder: what it stores, and how it comes back. */
class Recorder {
  readonly frames: Frame[] = []
  readonly #losses: Losses
  readonly #seed: number
  readonly #random: SeededRandom
  readonly #open: (link: TextLink) => Session
  readonly #tickers: () => readonly string[]
  #session: Session | undefined
  #connection = -1
  #time = 0n
  #now = 0
  #id = 0
  #repairAt: number | undefined
  #returnAt = 0

  constructor(losses: Losses, seed: number, open: (link: TextLink) => Session, tickers: () => readonly string[]) {
    this.#losses = losses
    this.#seed = seed
    this.#random = new SeededRandom(seed)
    this.#open = open
    this.#tickers = tickers
  }

  publish(publication: Publication): void {
    this.#session?.publish(publication)
  }

  /** Time has come to a step. */
  step(step: number): void {
    this.#now = step * STEP_SECONDS
    const { cut = 0, away = 1 } = this.#losses
    if (this.#session === undefined) {
      if (step >= this.#returnAt) this.#connect()
    } else if (this.#random.chance(cut)) {
      this.#event('close', { code: 1006, reason: '' })
      this.#session = undefined
      this.#returnAt = step + this.#random.integer(1, away)
    } else if (this.#repairAt !== undefined && step >= this.#repairAt) {
      this.#repairAt = undefined
      this.#send('update_subscription', { sid: 1, action: 'get_snapshot', market_tickers: this.#wanted() })
    }
    if (step % 100 === 0) this.#store('heartbeat', 'ping', 'received')
  }

  end(): void {
    if (this.#session !== undefined) this.#event('close', { code: 1000, reason: '' })
  }

  #wanted(): readonly string[] {
    return this.#tickers().filter(this.#losses.wants ?? (() => true))
  }

  #connect(): void {
    this.#connection++
    this.#event('open', { url: 'ws://exchange' })
    const link = {
      send: (text: string) => this.#receive(text),
      ping: nothing,
      pong: nothing,
      close: nothing,
      terminate: nothing
    }
    this.#session = this.#open(new TextLink(link))
    for (const channel of CHANNELS) {
      const pricing = channel === 'orderbook_delta' && this.#losses.useYesPrice === true ? { use_yes_price: true } : {}
      this.#send('subscribe', { channels: [channel], market_tickers: this.#wanted(), ...pricing })
    }
  }

  #send(cmd: string, params: object): void {
    const text = JSON.stringify({ id: ++this.#id, cmd, params })
    if (this.#losses.isBare !== true) this.#store(text, 'text', 'sent')
    this.#session?.receive(text)
  }

  #receive(text: string): void {
    const { id, seq } = JSON.parse(text) as { id?: number; seq?: number }
    if (id === undefined && seq !== undefined && this.#random.chance(this.#losses.skip ?? 0)) {
      this.#repairAt ??= Math.round(this.#now / STEP_SECONDS) + REPAIR_STEPS
      return
    }
    this.#store(text, 'text', 'received')
  }

  #event(kind: 'open' | 'close', payload: object): void {
    if (this.#losses.isBare !== true) this.#store(JSON.stringify(payload), kind, 'received')
  }

  #store(text: string, kind: Frame['kind'], direction: Frame['direction']): void {
    const latency = kind === 'text' && direction === 'received' ? this.#random.fraction() * LATENCY_SECONDS_MAX : 0
    // No two machines do anything in the same nanosecond.
    const at = NOON + BigInt(Math.round((this.#now + latency) * 1e9)) + BigInt(this.#seed % 100)
    this.#time = at > this.#time ? at : this.#time + 1000n
    const monotonic = this.#time - NOON + 1n
    this.frames.push({
      receivedAt: this.#time,
      monotonic,
      connection: this.#connection,
      kind,
      direction,
      payload: Buffer.from(text)
    })
  }
}

export interface Practice {
  /** What a recorder that loses nothing and has no latency stores. */
  readonly truth: readonly Frame[]
  readonly recorded: readonly (readonly Frame[])[]
}

/** Several recorders of one practice exchange. */
export function recordTogether(
  seed: number,
  losses: readonly Losses[],
  { markets = 4, steps = 300 }: { readonly markets?: number; readonly steps?: number } = {}
): Practice {
  const exchange = new SyntheticExchange({ seed, markets, roundLength: 1e9 })
  let seconds = 0
  const sessions = practiceSessions(exchange, 'current', () => seconds)
  const recorders = [{}, ...losses].map(
    (loss, index) => new Recorder(loss, seed * 100 + index, sessions.open, () => exchange.tickers())
  )
  for (let step = 0; step < steps; step++) {
    seconds = step * STEP_SECONDS
    for (const recorder of recorders) recorder.step(step)
    for (const change of exchange.advance()) {
      const publication = sessions.told(change)
      for (const recorder of recorders) recorder.publish(publication)
    }
  }
  for (const recorder of recorders) recorder.end()
  const [truth = [], ...recorded] = recorders.map(({ frames }) => frames)
  return { truth, recorded }
}
