import { describe, expect, it } from 'vitest'
import { subscriptionsFor } from '../../src/cli/subscriptions.ts'
import { CHANNELS } from '../../src/protocol/channels.ts'
import { commandSchema } from '../../src/protocol/commands.ts'

describe('subscriptions', () => {
  it('always say how order books are to be priced, since frames carry no mark of it', () => {
    expect(subscriptionsFor(['orderbook_delta'], ['KXTEST-A'])).toEqual([
      { channels: ['orderbook_delta'], market_tickers: ['KXTEST-A'], use_yes_price: false }
    ])
  })

  it('ask for all markets where none are named, except of order books, which the exchange refuses', () => {
    expect(subscriptionsFor(['ticker', 'trade'], [])).toEqual([{ channels: ['ticker'] }, { channels: ['trade'] }])
    expect(() => subscriptionsFor(['orderbook_delta'], [])).toThrow('name some with --markets')
  })

  it('are commands of the protocol for every channel', () => {
    for (const [index, params] of subscriptionsFor(CHANNELS, ['KXTEST-A']).entries()) {
      const command = { id: index + 1, cmd: 'subscribe', params }
      expect(commandSchema.parse(command)).toEqual(command)
    }
  })
})
