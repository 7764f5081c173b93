import { describe, expect, it } from 'vitest'
import { microseconds } from '../../src/core/time.ts'
import { formatPrice, priceFromDollars } from '../../src/core/units.ts'
import { Pipeline } from '../../src/pipeline.ts'
import { FrameBatchBuilder } from '../../src/core/frame-batch-builder.ts'

const MARKET = 'KXSKY-26NOV22-SUN'

function ticker(bid: string, ask: string): string {
  return JSON.stringify({
    type: 'ticker',
    sid: 1,
    msg: {
      market_ticker: MARKET,
      price_dollars: '0.4000',
      yes_bid_dollars: bid,
      yes_ask_dollars: ask,
      volume_fp: '10.00',
      open_interest_fp: '5.00',
      dollar_volume: 5,
      dollar_open_interest: 2,
      ts: 1_790_000_000
    }
  })
}

function listing(bid: string, ask: string, more: object = {}): string {
  const market = { ticker: MARKET, event_ticker: 'KXSKY-26NOV22', title: 'Sun?', status: 'active' }
  const prices = { yes_bid_dollars: bid, yes_ask_dollars: ask, last_price_dollars: '0.3000', volume_fp: '7.00' }
  return JSON.stringify({
    markets: [{ ...market, ...prices, close_time: '2026-11-22T20:00:00Z', ...more }],
    cursor: ''
  })
}

async function tell(...frames: readonly (readonly ['text' | 'rest' | 'close', string])[]) {
  const pipeline = new Pipeline({ scanners: [], sinks: [] })
  const builder = new FrameBatchBuilder()
  for (const [kind, text] of frames)
    builder.append(1_790_000_000_000_000_000n, 1n, 0, kind, 'received', Buffer.from(text))
  await pipeline.accept(builder.batch())
  const market = pipeline.tracker.byTicker(MARKET)
  if (market === undefined) throw new Error('the market is not known')
  return { market, counts: pipeline.tracker.counts }
}

describe('a list of markets', () => {
  it('seeds what the socket has not told', async () => {
    const { market } = await tell(['rest', listing('0.4500', '0.4700')])
    expect(market).toMatchObject({ title: 'Sun?', eventTicker: 'KXSKY-26NOV22', tickerState: 'fresh' })
    expect(market.closeTime).toBe(microseconds(Date.parse('2026-11-22T20:00:00Z') * 1000))
    expect(market.quote?.bid).toBe(priceFromDollars('0.4500'))
    expect(market.lastPrice).toBe(priceFromDollars('0.3000'))
  })

  it('never overwrites what the socket told, for the list may be older', async () => {
    const { market } = await tell(['text', ticker('0.5000', '0.5200')], ['rest', listing('0.4500', '0.4700')])
    expect(formatPrice(market.quote?.bid ?? priceFromDollars('0'))).toBe('0.5000')
    expect(market.title).toBe('Sun?')
  })

  it('gives way to the socket, and is stale when the connection is lost', async () => {
    const { market } = await tell(['rest', listing('0.4500', '0.4700')], ['text', ticker('0.5000', '0.5200')])
    expect(formatPrice(market.quote?.bid ?? priceFromDollars('0'))).toBe('0.5000')
    const lost = await tell(['rest', listing('0.4500', '0.4700')], ['close', '{"code":1006}'])
    expect(lost.market.tickerState).toBe('stale')
    expect(lost.market.quote).toBeNull()
  })

  it('gives no prices of a market that does not trade', async () => {
    const { market } = await tell(['rest', listing('0.0000', '1.0000', { status: 'initialized' })])
    expect(market.tickerState).toBe('none')
    expect(market.title).toBe('Sun?')
  })

  it('counts a page that cannot be read, and loses nothing by it', async () => {
    const { market, counts } = await tell(['text', ticker('0.5000', '0.5200')], ['rest', listing('1.5000', '0.4700')])
    expect(counts.malformed).toBe(1)
    expect(market.tickerState).toBe('fresh')
  })
})
