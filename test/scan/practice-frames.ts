import type { Frame } from '../../src/core/frame.ts'
import type { Change } from '../../src/exchange/change.ts'
import { SyntheticExchange } from '../../src/exchange/synthetic-exchange.ts'
import { wireTime } from '../../src/exchange/wire-time.ts'
import { encodeChange, encodeFrame } from '../../src/exchange/wire.ts'
import { NOON, pingFrame, textFrame } from '../frames.ts'

export interface PracticeRun {
  readonly seed: number
  readonly markets: number
  /** Of how many changes a round is made. */
  readonly roundLength: number
  readonly advances: number
  /** One frame out of so many is lost on the way. */
  readonly lost: number
}

const CHANGES_PER_SECOND = 20
const SID: Readonly<Record<Change['type'], number>> = {
  orderbook_snapshot: 1,
  orderbook_delta: 1,
  ticker: 2,
  trade: 3,
  event_lifecycle: 4,
  market_lifecycle_v2: 4
}

/** What a client of the practice exchange would receive of all its markets, with a ping every tenth of the frames. */
export function practiceFrames({ seed, markets, roundLength, advances, lost }: PracticeRun): Frame[] {
  const exchange = new SyntheticExchange({ seed, markets, roundLength })
  const seqs = new Map<number, number>()
  const frames: Frame[] = []
  let told = 0
  const tell = (change: Change) => {
    const sid = SID[change.type]
    const seq = (seqs.get(sid) ?? 0) + 1
    seqs.set(sid, seq)
    const seconds = ++told / CHANGES_PER_SECOND
    if (told % lost === 0) return
    if (told % 10 === 0) frames.push(pingFrame(seconds))
    const now = wireTime(NOON + BigInt(Math.round(seconds * 1e9)))
    const context = { now, changesPerSecond: CHANGES_PER_SECOND, useYesPrice: false, era: 'current' } as const
    const number = sid === SID.ticker ? { sid } : { sid, seq }
    frames.push(textFrame(encodeFrame(change.type, now, number, encodeChange(change, context)), seconds))
  }
  const tellBooks = () => {
    for (const event of exchange.events()) for (const market of event.markets) tell(market.book())
  }
  for (const event of exchange.events()) for (const change of event.announce(0)) tell(change)
  tellBooks()
  for (let advance = 0; advance < advances; advance++) {
    for (const change of exchange.advance()) tell(change)
    // As after every gap, some time later.
    if (advance % lost === 15) tellBooks()
  }
  return frames
}
