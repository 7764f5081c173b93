import type { Change } from '../../src/exchange/change.ts'
import type { Era } from '../../src/exchange/era.ts'
import type { TextLink } from '../../src/exchange/frame-link.ts'
import { ChangePublication } from '../../src/exchange/publication.ts'
import { Session } from '../../src/exchange/session.ts'
import type { SyntheticExchange } from '../../src/exchange/synthetic-exchange.ts'
import { wireTime } from '../../src/exchange/wire-time.ts'
import type { Channel } from '../../src/protocol/channels.ts'
import { NOON } from '../frames.ts'

const PERMISSIONS = { deniedChannels: new Set<Channel>(), marketsPerSubscriptionMax: 1e6, commandsPerSecondMax: 1e6 }

/** Sessions of a practice exchange without a socket or a clock. */
export interface PracticeSessions {
  readonly open: (link: TextLink) => Session
  readonly told: (change: Change) => ChangePublication
}

/** `seconds` gives the time of the moment, in seconds after noon. */
export function practiceSessions(exchange: SyntheticExchange, era: Era, seconds: () => number): PracticeSessions {
  const now = () => wireTime(NOON + BigInt(Math.round(seconds() * 1e9)))
  const told = (change: Change) => new ChangePublication(change, now(), { changesPerSecond: 20, era })
  const source = {
    era,
    now,
    tickers: () => exchange.tickers(),
    has: (ticker: string) => exchange.find(ticker) !== undefined,
    tickerOf: () => undefined,
    book: (ticker: string) => toldIfAny(exchange.find(ticker)?.book()),
    quote: (ticker: string) => toldIfAny(exchange.find(ticker)?.quote()),
    whenSettled: (act: () => void) => act()
  }
  const toldIfAny = (change: Change | undefined) => change && told(change)
  return { told, open: link => new Session({ source, link, permissions: PERMISSIONS, monotonic: () => 0n }) }
}
