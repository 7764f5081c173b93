import { describe, expect, it } from 'vitest'
import { books, delta, failure, numbered, ok, snapshot, subscribed, Talk } from './talk.ts'

describe('subscribing', () => {
  it('names 2,000 markets at a time, one command after the other', async () => {
    const talk = new Talk([books(...numbered(4_500))])
    expect(talk.sent()).toEqual(['1 subscribe orderbook_delta 2000 markets'])
    await talk.hear(subscribed(1, 1))
    expect(talk.sent()).toEqual(['2 add_markets sid 1 2000 markets'])
    await talk.hear(ok(2, 1, 1))
    expect(talk.sent()).toEqual(['3 add_markets sid 1 500 markets'])
    await talk.hear(ok(3, 1, 2))
    talk.pass(1_000)
    expect(talk.sent()).toEqual([])
  })

  it('never names the same market twice, nor one that another connection carries', async () => {
    const talk = new Talk([books(...numbered(6_000))], { carries: ticker => ticker.endsWith('7') })
    const [first] = talk.commands()
    await talk.hear(subscribed(1, 1))
    expect(talk.sent()).toEqual([])
    expect(first).toMatchObject({ params: { market_tickers: numbered(6_000).filter(ticker => ticker.endsWith('7')) } })
  })

  it('subscribes to nothing at all rather than to all markets where none is wanted', async () => {
    const wanted = books()
    const talk = new Talk([wanted])
    talk.pass(60_000)
    expect(talk.sent()).toEqual([])
    wanted.markets.add('A')
    talk.conversation.changed(talk.now)
    expect(talk.sent()).toEqual(['1 subscribe orderbook_delta A'])
  })

  it('subscribes to nothing where all that is wanted is on other connections', () => {
    const talk = new Talk([books('A', 'B')], { carries: () => false })
    talk.pass(60_000)
    expect(talk.sent()).toEqual([])
  })

  it('asks for a channel as a whole without markets', async () => {
    const talk = new Talk([{ channel: 'trade', params: {}, markets: null }])
    expect(talk.commands()).toEqual([{ id: 1, cmd: 'subscribe', params: { channels: ['trade'] } }])
    await talk.hear(subscribed(1, 1, 'trade'))
    talk.pass(60_000)
    expect(talk.sent()).toEqual([])
  })

  it('keeps the other parameters, and asks for a ticker of each market that is added', async () => {
    const markets = new Set(numbered(2_001))
    const talk = new Talk([{ channel: 'ticker', params: { send_initial_snapshot: true }, markets }])
    expect(talk.commands()).toMatchObject([{ params: { channels: ['ticker'], send_initial_snapshot: true } }])
    await talk.hear(subscribed(1, 1, 'ticker'))
    expect(talk.commands()).toMatchObject([{ params: { action: 'add_markets', send_initial_snapshot: true } }])
  })
})

describe('an acknowledgement', () => {
  it('may come after data', async () => {
    const talk = new Talk([books('A', 'B')])
    await talk.hear(snapshot(1, 1, 'A'), snapshot(1, 2, 'B'), delta(1, 3, 'A'), subscribed(1, 1))
    talk.pass(9_000)
    expect(talk.sent()).toEqual(['1 subscribe orderbook_delta A,B'])
    expect(talk.events).toEqual([])
  })

  it('may come after the command was repeated', async () => {
    const talk = new Talk([books('A')])
    talk.pass(10_000)
    expect(talk.sent()).toEqual(['1 subscribe orderbook_delta A', '2 subscribe orderbook_delta A'])
    await talk.hear(subscribed(1, 1), snapshot(1, 1, 'A'), ok(2, 1, 2))
    talk.pass(60_000)
    expect(talk.sent()).toEqual([])
    expect(talk.drops).toEqual([])
  })

  it('may be the ok of a repeated subscribe, which tells the sid', async () => {
    const wanted = books('A')
    const talk = new Talk([wanted, { channel: 'trade', params: {}, markets: null }])
    talk.pass(10_000)
    talk.sent()
    await talk.hear(ok(3, 1, 2), ok(4, 2, 1))
    talk.pass(1_000)
    expect(talk.sent()).toEqual(['5 get_snapshot sid 1 A'])
    wanted.markets.add('B')
    talk.conversation.changed(talk.now)
    expect(talk.sent()).toEqual(['6 add_markets sid 1 B'])
  })

  it('that never comes is asked for three times, then the connection is given up', () => {
    const talk = new Talk([books('A')])
    talk.pass(29_800)
    expect(talk.sent()).toEqual(['1', '2', '3'].map(id => `${id} subscribe orderbook_delta A`))
    expect(talk.drops).toEqual([])
    talk.pass(200)
    expect(talk.drops).toEqual(['orderbook_delta: subscribe was not answered'])
  })
})

describe('error', () => {
  it('26 halves the number of markets in a command', async () => {
    const talk = new Talk([books('A', 'B', 'C', 'D', 'E')])
    await talk.hear(failure(26, { id: 1 }))
    await talk.hear(failure(26, { id: 2 }))
    await talk.hear(subscribed(3, 1))
    await talk.hear(ok(4, 1, 1))
    await talk.hear(ok(5, 1, 2))
    expect(talk.sent()).toEqual([
      '1 subscribe orderbook_delta A,B,C,D,E',
      '2 subscribe orderbook_delta A,B,C',
      '3 subscribe orderbook_delta A,B',
      '4 add_markets sid 1 C,D',
      '5 add_markets sid 1 E'
    ])
    expect(talk.events).toEqual([])
  })

  it('26 for a single market says how many have no room, and the others stay', async () => {
    const wanted = books('A', 'B', 'C')
    const talk = new Talk([wanted])
    await talk.hear(failure(26, { id: 1 }))
    await talk.hear(failure(26, { id: 2 }))
    await talk.hear(subscribed(3, 1))
    await talk.hear(failure(26, { id: 4, sid: 1, seq: 1 }))
    expect(talk.sent()).toEqual([
      '1 subscribe orderbook_delta A,B,C',
      '2 subscribe orderbook_delta A,B',
      '3 subscribe orderbook_delta A',
      '4 add_markets sid 1 B'
    ])
    const refused = { type: 'refused', channel: 'orderbook_delta', code: 26, markets: 2 }
    expect(talk.events).toMatchObject([refused])
    wanted.markets.delete('A')
    talk.conversation.changed(talk.now)
    await talk.hear(failure(26, { id: 5, sid: 1, seq: 2 }))
    await talk.hear({ type: 'unsubscribed', id: 6, sid: 1, seq: 3 })
    expect(talk.sent()).toEqual(['5 add_markets sid 1 B', '6 unsubscribe 1', '7 subscribe orderbook_delta B'])
  })

  it('26 for the first market of all ends the matter', async () => {
    const talk = new Talk([books('A')])
    await talk.hear(failure(26, { id: 1 }))
    talk.pass(60_000)
    expect(talk.sent()).toEqual(['1 subscribe orderbook_delta A'])
    expect(talk.events).toMatchObject([{ type: 'refused', code: 26, markets: 1 }])
  })

  it('27 and 18 are waited out, longer each time', async () => {
    const talk = new Talk([books('A')])
    const waits: number[] = []
    for (const [index, code] of [27, 18, 27, 27].entries()) {
      await talk.hear(failure(code, { id: index + 1 }))
      waits.push(untilSent(talk))
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000])
    await talk.hear(subscribed(5, 1))
    expect([talk.sent(), talk.events]).toEqual([[], []])
  })

  it('27 is never waited out for more than a minute', async () => {
    const talk = new Talk([books('A')])
    const waits: number[] = []
    for (let id = 1; id <= 12; id++) {
      await talk.hear(failure(27, { id }))
      waits.push(untilSent(talk))
    }
    expect(waits.slice(-3)).toEqual([60_000, 60_000, 60_000])
  })

  it('7 means that the subscription is gone: all is subscribed to anew', async () => {
    const wanted = books('A')
    const talk = new Talk([wanted])
    await talk.hear(subscribed(1, 1), snapshot(1, 1, 'A'))
    wanted.markets.add('B')
    talk.conversation.changed(talk.now)
    await talk.hear(failure(7, { id: 2 }))
    talk.pass(400)
    expect(talk.sent()).toEqual([
      '1 subscribe orderbook_delta A',
      '2 add_markets sid 1 B',
      '3 subscribe orderbook_delta A,B'
    ])
  })

  it.each([10, 17, 25])('%i ends the subscription, which is made anew', async code => {
    const talk = new Talk([books('A'), { channel: 'trade', params: {}, markets: null }])
    await talk.hear(subscribed(1, 1), subscribed(2, 2, 'trade'), snapshot(1, 1, 'A'), failure(code, { sid: 1, seq: 2 }))
    expect(talk.bookState('A')).toBe('stale')
    expect(talk.events).toMatchObject([{ type: 'resubscribe', sid: 1, channel: 'orderbook_delta' }])
    talk.sent()
    talk.pass(200)
    expect(talk.sent()).toEqual([])
    talk.pass(200)
    expect(talk.sent()).toEqual(['3 subscribe orderbook_delta A'])
    await talk.hear(subscribed(3, 3), snapshot(3, 1, 'A'))
    expect(talk.bookState('A')).toBe('fresh')
  })

  it('10 again and again is answered more and more slowly', async () => {
    const talk = new Talk([books('A')])
    const waits: number[] = []
    for (let id = 1; id <= 5; id++) {
      await talk.hear(subscribed(id, id), snapshot(id, 1, 'A'), failure(10, { sid: id, seq: 2 }))
      waits.push(untilSent(talk))
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000])
  })

  it('that names markets is theirs alone', async () => {
    const talk = new Talk([books('A', 'B', 'C')])
    await talk.hear(failure(16, { id: 1 }, ['B']))
    expect(talk.sent()).toEqual(['1 subscribe orderbook_delta A,B,C', '2 subscribe orderbook_delta A,C'])
    expect(talk.events).toMatchObject([{ type: 'refused', code: 16, markets: 1 }])
  })

  it.each([8, 9, 14])('%i is for good', async code => {
    const talk = new Talk([books('A')])
    await talk.hear(failure(code, { id: 1 }))
    talk.pass(120_000)
    expect(talk.sent()).toEqual(['1 subscribe orderbook_delta A'])
    expect(talk.events).toMatchObject([
      { type: 'refused', connection: 0, channel: 'orderbook_delta', code, markets: 1 }
    ])
  })
})

describe('markets that come and go', () => {
  it('are added and taken away on the same sid', async () => {
    const wanted = books('A', 'B')
    const talk = new Talk([wanted])
    await talk.hear(subscribed(1, 1))
    wanted.markets.delete('A')
    wanted.markets.add('C')
    talk.conversation.changed(talk.now)
    await talk.hear(ok(2, 1, 1))
    await talk.hear(ok(3, 1, 2))
    expect(talk.sent()).toEqual([
      '1 subscribe orderbook_delta A,B',
      '2 delete_markets sid 1 A',
      '3 add_markets sid 1 C'
    ])
  })

  it('are taken away all: the subscription ends, and begins anew when one comes back', async () => {
    const wanted = books('A')
    const talk = new Talk([wanted])
    await talk.hear(subscribed(1, 1))
    wanted.markets.clear()
    talk.conversation.changed(talk.now)
    await talk.hear({ type: 'unsubscribed', id: 2, sid: 1, seq: 1 })
    talk.pass(60_000)
    expect(talk.sent()).toEqual(['1 subscribe orderbook_delta A', '2 unsubscribe 1'])
    wanted.markets.add('A')
    talk.conversation.changed(talk.now)
    expect(talk.sent()).toEqual(['3 subscribe orderbook_delta A'])
  })

  it('count as taken away even where the exchange does not know them any more', async () => {
    const wanted = books('A', 'B')
    const talk = new Talk([wanted])
    await talk.hear(subscribed(1, 1))
    wanted.markets.delete('A')
    talk.conversation.changed(talk.now)
    await talk.hear(failure(16, { id: 2, sid: 1, seq: 1 }))
    wanted.markets.add('C')
    talk.conversation.changed(talk.now)
    expect(talk.sent()).toEqual([
      '1 subscribe orderbook_delta A,B',
      '2 delete_markets sid 1 A',
      '3 add_markets sid 1 C'
    ])
    expect(talk.events).toEqual([])
  })

  it('that change while a command is under way wait for its answer', async () => {
    const wanted = books('A')
    const talk = new Talk([wanted])
    wanted.markets.add('B')
    talk.conversation.changed(talk.now)
    expect(talk.sent()).toEqual(['1 subscribe orderbook_delta A'])
    await talk.hear(subscribed(1, 1))
    expect(talk.sent()).toEqual(['2 add_markets sid 1 B'])
  })
})

/** For how many milliseconds nothing is sent. */
function untilSent(talk: Talk): number {
  const from = talk.now
  talk.commands()
  while (talk.commands().length === 0) talk.pass(50)
  return talk.now - from
}
