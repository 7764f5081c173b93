import { describe, expect, it } from 'vitest'
import { wantedChannels } from '../../src/cli/subscriptions.ts'
import { CHANNELS } from '../../src/protocol/channels.ts'
import { commandSchema } from '../../src/protocol/commands.ts'

const MARKETS = new Set(['KXTEST-A'])

describe('subscriptions', () => {
  it('always say how order books are to be priced, since frames carry no mark of it', () => {
    expect(wantedChannels(['orderbook_delta'], MARKETS)).toEqual([
      { channel: 'orderbook_delta', params: { use_yes_price: false }, markets: MARKETS }
    ])
  })

  it('ask for all markets where none are named, except of order books, which the exchange refuses', () => {
    expect(wantedChannels(['ticker', 'trade'], null)).toEqual([
      { channel: 'ticker', params: {}, markets: null },
      { channel: 'trade', params: {}, markets: null }
    ])
    expect(() => wantedChannels(['orderbook_delta'], null)).toThrow('name some with --markets')
  })

  it('are commands of the protocol for every channel', () => {
    for (const { channel, params, markets } of wantedChannels(CHANNELS, MARKETS)) {
      const named = markets === null ? {} : { market_tickers: [...markets] }
      const command = { id: 1, cmd: 'subscribe', params: { channels: [channel], ...params, ...named } }
      expect(commandSchema.parse(command)).toEqual(command)
    }
  })
})
