import { describe, expect, it } from 'vitest'
import { books, delta, failure, numbered, ok, snapshot, subscribed, Talk } from './talk.ts'

const TRADES = { channel: 'trade', params: {}, markets: null }

/** Subscribed to the books of A and B on sid 1, both fresh; the next `seq` is 3. */
async function begun(...others: readonly (typeof TRADES)[]): Promise<Talk> {
  const talk = new Talk([books('A', 'B'), ...others])
  await talk.hear(subscribed(1, 1), snapshot(1, 1, 'A'), snapshot(1, 2, 'B'))
  talk.commands()
  return talk
}

describe('a gap', () => {
  it('is told with its bounds, and mended by snapshots', async () => {
    const talk = await begun()
    await talk.hear(delta(1, 3, 'A'), delta(1, 7, 'A'))
    expect([talk.bookState('A'), talk.bookState('B')]).toEqual(['stale', 'stale'])
    expect(talk.events).toEqual([
      { type: 'gap', connection: 0, channel: 'orderbook_delta', sid: 1, expected: 4, received: 7, lost: 3 }
    ])
    expect(talk.sent()).toEqual(['2 get_snapshot sid 1 A,B'])
    await talk.hear(snapshot(1, 8, 'A'))
    expect([talk.bookState('A'), talk.bookState('B')]).toEqual(['fresh', 'stale'])
    await talk.hear(snapshot(1, 9, 'B'))
    expect(talk.types()).toEqual(['gap', 'repaired'])
    talk.pass(60_000)
    expect([talk.sent(), talk.drops]).toEqual([[], []])
  })

  it('is mended as soon as the markets are over whose snapshots are awaited', async () => {
    const talk = await begun()
    await talk.hear(delta(1, 9, 'A'), snapshot(1, 10, 'A'))
    talk.pass(400)
    expect(talk.types()).toEqual(['gap'])
    talk.conversation.gone(['B'], talk.now)
    expect(talk.events.slice(1)).toMatchObject([{ type: 'repaired', markets: 1, unanswered: 0, duration: 0.4 }])
  })

  it('of a channel without books is told, and nothing is asked for', async () => {
    const talk = await begun(TRADES)
    await talk.hear(subscribed(2, 2, 'trade'), ok(9, 2, 1), ok(9, 2, 5))
    expect(talk.events).toMatchObject([{ type: 'gap', sid: 2, channel: 'trade', expected: 2, received: 5 }])
    talk.pass(60_000)
    expect(talk.sent()).toEqual([])
  })

  it('at the very beginning of a sid is one too', async () => {
    const talk = new Talk([books('A', 'B'), TRADES])
    talk.commands()
    await talk.hear(subscribed(1, 1), snapshot(1, 2, 'B'))
    expect(talk.events).toMatchObject([{ type: 'gap', sid: 1, expected: 1, received: 2, lost: 1 }])
    expect(talk.sent()).toEqual(['3 get_snapshot sid 1 A,B'])
    await talk.hear(ok(9, 2, 4), subscribed(2, 2, 'trade'), ok(9, 2, 5))
    expect(talk.events.slice(1)).toMatchObject([{ type: 'gap', sid: 2, channel: 'trade', expected: 1, received: 4 }])
  })

  it('that came before the acknowledgement is mended when that has come', async () => {
    const talk = new Talk([books('A', 'B')])
    await talk.hear(snapshot(1, 1, 'A'), snapshot(1, 2, 'B'), delta(1, 5, 'A'))
    expect(talk.events).toMatchObject([{ type: 'gap', sid: 1, expected: 3, received: 5 }])
    expect(talk.sent()).toEqual(['1 subscribe orderbook_delta A,B'])
    await talk.hear(subscribed(1, 1))
    expect(talk.sent()).toEqual(['2 get_snapshot sid 1 A,B'])
  })

  it('asks for no more markets in a command than the exchange takes', async () => {
    const talk = new Talk([books(...numbered(10))])
    await talk.hear(failure(26, { id: 1 }))
    await talk.hear(failure(26, { id: 2 }))
    await talk.hear(subscribed(3, 1), ok(9, 1, 1))
    await talk.hear(ok(4, 1, 2))
    await talk.hear(ok(5, 1, 3))
    await talk.hear(ok(6, 1, 4))
    talk.commands()
    await talk.hear(delta(1, 6, 'KX-00000'))
    const sizes = talk.commands().map(({ params }) => (params as { market_tickers: string[] }).market_tickers.length)
    expect(sizes).toEqual([3, 3, 3, 1])
  })

  it('on a connection that is over is still told, and nothing is said to anybody', async () => {
    const talk = await begun()
    talk.conversation.over()
    await talk.hear(delta(1, 9, 'A'))
    expect(talk.types()).toEqual(['gap'])
    talk.pass(60_000)
    expect([talk.sent(), talk.drops]).toEqual([[], []])
  })

  it('of a sid that is acknowledged when the connection is over is told too', async () => {
    const talk = new Talk([TRADES])
    talk.conversation.over()
    await talk.hear(ok(9, 1, 3), subscribed(1, 1, 'trade'))
    expect(talk.events).toMatchObject([{ type: 'gap', sid: 1, expected: 1, received: 3 }])
    await talk.hear(subscribed(1, 2, 'trade'), ok(9, 2, 5))
    expect(talk.events.slice(1)).toMatchObject([{ type: 'gap', sid: 2, expected: 1, received: 5 }])
  })
})

describe('books', () => {
  it('of which no snapshot comes are subscribed to anew, then the connection is given up', async () => {
    const talk = await begun()
    await talk.hear(delta(1, 9, 'A'))
    talk.pass(5_200)
    expect(talk.sent()).toEqual(['2 get_snapshot sid 1 A,B', '3 unsubscribe 1'])
    await talk.hear({ type: 'unsubscribed', id: 3, sid: 1, seq: 10 })
    expect(talk.sent()).toEqual(['4 subscribe orderbook_delta A,B'])
    await talk.hear(subscribed(4, 2))
    talk.pass(5_000)
    expect(talk.drops).toEqual(['no snapshot came after subscribing anew'])
    expect(talk.types()).toEqual(['gap', 'resubscribe'])
  })

  it('whose first snapshot does not come, though nothing is missing, are asked for', async () => {
    const talk = new Talk([books('A', 'B')])
    await talk.hear(subscribed(1, 1), snapshot(1, 1, 'A'))
    talk.pass(4_800)
    expect(talk.sent()).toEqual(['1 subscribe orderbook_delta A,B'])
    talk.pass(200)
    expect(talk.sent()).toEqual(['2 get_snapshot sid 1 B'])
    talk.pass(10_000)
    expect(talk.events).toMatchObject([{ type: 'repaired', markets: 0, unanswered: 1 }])
  })

  it('spoiled by a frame that cannot be read are asked for alone', async () => {
    const talk = await begun()
    const { msg, ...envelope } = delta(1, 3, 'A') as { msg: object }
    await talk.hear({ ...envelope, msg: { ...msg, price_dollars: 'a lot' } })
    expect([talk.bookState('A'), talk.bookState('B')]).toEqual(['stale', 'fresh'])
    talk.pass(200)
    expect(talk.sent()).toEqual(['2 get_snapshot sid 1 A'])
  })

  it('are all asked for where such a frame does not tell its market', async () => {
    const talk = await begun()
    await talk.hear({ type: 'orderbook_delta', sid: 1, seq: 3, msg: { price_dollars: '0.1000' } })
    expect([talk.bookState('A'), talk.bookState('B')]).toEqual(['stale', 'stale'])
    expect(talk.sent()).toEqual(['2 get_snapshot sid 1 A,B'])
  })

  it('that would hold less than nothing are asked for', async () => {
    const talk = await begun()
    const { msg, ...envelope } = delta(1, 3, 'B') as { msg: object }
    await talk.hear({ ...envelope, msg: { ...msg, delta_fp: '-100.00' } })
    talk.pass(200)
    expect(talk.sent()).toEqual(['2 get_snapshot sid 1 B'])
  })

  it('are asked for all the same as often as it was wished', async () => {
    const talk = new Talk([books('A', 'B')], { snapshotEvery: 60_000 })
    await talk.hear(subscribed(1, 1), snapshot(1, 1, 'A'), snapshot(1, 2, 'B'))
    talk.pass(180_000)
    expect(talk.sent().slice(1)).toEqual([2, 3, 4].map(id => `${id} get_snapshot sid 1 A,B`))
    expect(talk.events).toEqual([])
  })

  it('are not asked for while their subscription is being made anew', async () => {
    const talk = await begun()
    await talk.hear(delta(1, 9, 'A'), failure(25, { sid: 1, seq: 10 }))
    talk.pass(600)
    expect(talk.sent()).toEqual(['2 get_snapshot sid 1 A,B', '3 subscribe orderbook_delta A,B'])
    await talk.hear(subscribed(3, 2), snapshot(2, 1, 'A'), snapshot(2, 2, 'B'))
    talk.pass(60_000)
    expect([talk.types(), talk.sent(), talk.drops]).toEqual([['gap', 'resubscribe', 'repaired'], [], []])
  })
})

describe('the end', () => {
  it('unsubscribes from everything with one command, and says nothing after it', async () => {
    const talk = await begun(TRADES)
    await talk.hear(subscribed(2, 2, 'trade'))
    talk.conversation.end()
    talk.conversation.end()
    expect(talk.sent()).toEqual(['3 unsubscribe 1 2'])
    await talk.hear({ type: 'unsubscribed', id: 3, sid: 1, seq: 3 }, { type: 'unsubscribed', id: 3, sid: 2, seq: 1 })
    talk.conversation.changed(talk.now)
    talk.pass(60_000)
    expect([talk.sent(), talk.drops]).toEqual([[], []])
  })

  it('needs no command where nothing is subscribed to', () => {
    const talk = new Talk([books('A')])
    talk.commands()
    talk.conversation.end()
    expect(talk.sent()).toEqual([])
  })
})
