import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { ExchangeServer } from '../../src/exchange/exchange-server.ts'
import type { RecordedPlayback } from '../../src/exchange/recorded/recorded-playback.ts'
import { RecordedPlayback as Recorded } from '../../src/exchange/recorded/recorded-playback.ts'
import { SyntheticPlayback } from '../../src/exchange/synthetic-playback.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { FoldedBook } from './folded-book.ts'
import type { WireFrame } from './practice-client.ts'
import { PracticeClient } from './practice-client.ts'
import { recordMarkets } from './recorded/recorded-markets.ts'

const MARKETS = 4

/** What a client may do between steps of the markets, on any of them, in any order. */
type Act =
  | { readonly type: 'step'; readonly count: number }
  | { readonly type: 'subscribe'; readonly markets: readonly number[]; readonly useYesPrice: boolean }
  | { readonly type: 'add_markets' | 'delete_markets' | 'get_snapshot'; readonly markets: readonly number[] }
  | { readonly type: 'unsubscribe' | 'resubscribe_others' }

const markets = fc.subarray([...Array(MARKETS).keys()], { minLength: 1 })
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('step' as const), count: fc.integer({ min: 1, max: 12 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('subscribe' as const), markets, useYesPrice: fc.boolean() })
    },
    {
      weight: 5,
      arbitrary: fc.record({ type: fc.constantFrom('add_markets', 'delete_markets', 'get_snapshot'), markets })
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('unsubscribe', 'resubscribe_others') }) }
  ),
  { minLength: 3, maxLength: 25 }
)

/** What the client has asked for, and so what it must know. */
class Expectation {
  sid: number | undefined
  useYesPrice = false
  readonly tickers = new Set<string>()
}

async function perform(
  act: Act,
  server: ExchangeServer,
  client: PracticeClient,
  tickers: readonly string[],
  asked: Expectation
): Promise<void> {
  const named = 'markets' in act ? act.markets.map(market => tickers[market] ?? '') : []
  switch (act.type) {
    case 'step':
      for (let step = 0; step < act.count; step++) await server.playback.step()
      return
    case 'subscribe': {
      const reply = await client.command('subscribe', {
        channels: ['orderbook_delta'],
        market_tickers: named,
        use_yes_price: act.useYesPrice
      })
      if (asked.sid === undefined) {
        asked.useYesPrice = act.useYesPrice
        asked.sid = sidOf(reply)
      }
      for (const ticker of named) asked.tickers.add(ticker)
      return
    }
    case 'add_markets':
    case 'delete_markets': {
      if (asked.sid === undefined) return
      await client.command('update_subscription', { sid: asked.sid, action: act.type, market_tickers: named })
      for (const ticker of named) {
        if (act.type === 'add_markets') asked.tickers.add(ticker)
        else asked.tickers.delete(ticker)
      }
      return
    }
    case 'get_snapshot':
      // The reply is as many snapshots as there are books, which may be none.
      client.socket.send(
        JSON.stringify({
          cmd: 'update_subscription',
          params: { sid: asked.sid ?? 99, action: act.type, market_tickers: named }
        })
      )
      await client.drain()
      return
    case 'unsubscribe':
      if (asked.sid !== undefined) await client.command('unsubscribe', { sids: [asked.sid] })
      asked.sid = undefined
      asked.tickers.clear()
      return
    case 'resubscribe_others':
      await client.command('subscribe', { channels: ['trade', 'ticker'] })
      return
  }
}

function sidOf({ msg }: WireFrame): number | undefined {
  const sid: unknown = Object(msg)['sid']
  return typeof sid === 'number' ? sid : undefined
}

/** Of every sid, those of its frames that have a `seq` count up from 1. */
function expectContiguous(frames: readonly WireFrame[]): void {
  const last = new Map<number, number>()
  for (const { sid, seq } of frames) {
    if (sid === undefined || seq === undefined) continue
    expect(seq).toBe((last.get(sid) ?? 0) + 1)
    last.set(sid, seq)
  }
}

async function expectTruth(
  playThrough: readonly Act[],
  server: ExchangeServer,
  tickers: readonly string[]
): Promise<void> {
  const client = await PracticeClient.connect(server)
  const asked = new Expectation()
  for (const act of playThrough) {
    await perform(act, server, client, tickers, asked)
    await client.drain()
    expectContiguous(client.frames)
    const books = client.books(asked.sid, asked.useYesPrice)
    for (const ticker of asked.tickers) {
      const truth = server.playback.truth(ticker)
      expect(books.get(ticker)?.pairs()).toEqual(truth && new FoldedBook(foldable(truth)).pairs())
    }
  }
  client.socket.terminate()
}

function foldable({
  yes,
  no
}: NonNullable<ReturnType<RecordedPlayback['truth']>>): ConstructorParameters<typeof FoldedBook>[0] {
  return { yes: yes.map(toLevel), no: no.map(toLevel) }
}

function toLevel([price, count]: readonly [number, number]): { readonly price: number; readonly count: number } {
  return { price, count }
}

test('of synthetic markets, whatever a client asks for in between, its frames fold to the true books', async () => {
  const clock = systemClock()
  const start = async (seed: number) => {
    const playback = new SyntheticPlayback({
      clock,
      seed,
      markets: MARKETS,
      rate: 100,
      roundLength: 1e9,
      era: 'current'
    })
    playback.pause()
    return await ExchangeServer.start(() => playback, { clock })
  }
  await fc.assert(
    fc.asyncProperty(acts, fc.integer({ min: 1, max: 1000 }), async (playThrough, seed) => {
      const server = await start(seed)
      expect(server.playback.tickers().length).toBeGreaterThanOrEqual(MARKETS)
      await expectTruth(playThrough, server, server.playback.tickers())
      await server.close()
    }),
    { numRuns: 40 }
  )
})

test.each([false, true])('of recorded markets (use_yes_price %s) they do as well', async useYesPrice => {
  const clock = systemClock()
  const run = await recordMarkets({ markets: MARKETS, frames: 400, useYesPrice })
  const createPlayback = await Recorded.prepare([await openRecording(run.path)], { clock, speed: 1 })
  await fc.assert(
    fc.asyncProperty(acts, fc.integer({ min: 0, max: 3_000 }), async (playThrough, start) => {
      const playback = createPlayback()
      playback.pause()
      const server = await ExchangeServer.start(() => playback, { clock })
      onTestFinished(() => server.close())
      await playback.seek(`+${start}ms`)
      expect(playback.status()).toMatchObject({ source: 'recording', isPaused: true })
      await expectTruth(playThrough, server, run.tickers)
      await server.close()
    }),
    { numRuns: 40 }
  )
})
