import { expect, it } from 'vitest'
import { CachedRecording } from '../../src/cache/cached-recording.ts'
import type { Frame } from '../../src/core/frame.ts'
import { openRecording } from '../../src/recording/recording.ts'
import { BookWire, textFrame } from '../frames.ts'
import { record } from '../recording/frames.ts'
import { witnessed } from './witness.ts'

const [CHOSEN, OTHER] = ['KXTEST-A', 'KXTEST-B']
const markets = new Set([CHOSEN])

/** Gives frames of two books one count of `seq`, as they have in one subscription. */
function counted(payloads: readonly object[], secondsApart: number, first = 1): Frame[] {
  return payloads.map((payload, at) =>
    textFrame('seq' in payload ? { ...payload, seq: first + at } : payload, at * secondsApart)
  )
}

function subscribe(id: number, use_yes_price: boolean): Frame {
  const command = { id, cmd: 'subscribe', params: { channels: ['orderbook_delta'], use_yes_price } }
  return { ...textFrame(command), direction: 'sent' }
}

function agreed(id: number): object {
  return { type: 'ok', id, sid: 1, seq: 0 }
}

async function expectAlike(segments: readonly (readonly Frame[])[]): Promise<CachedRecording> {
  const raw = await openRecording(await record(segments, { rotate: { bytes: 1 } }))
  expect(raw.segments).toHaveLength(segments.length)
  const expected = await witnessed(raw, { markets })
  const options = { batchRows: 32, wants: (ticker: string) => markets.has(ticker) }
  expect(await witnessed(new CachedRecording(raw, options), { markets })).toEqual(expected)
  const cached = new CachedRecording(raw, options)
  expect(await witnessed(cached, { markets })).toEqual(expected)
  return cached
}

it('time goes on second by second where nothing is read of a batch, and sequences from segment to segment', async () => {
  const [chosen, other] = [new BookWire(CHOSEN), new BookWire(OTHER)]
  const deltas = Array.from({ length: 600 }, (_, at) => other.delta('yes', '0.4000', at % 2 === 0 ? '1.00' : '-1.00'))
  const wire = [chosen.snapshot([['0.4000', '10.00']], []), other.snapshot([], []), ...deltas]
  const frames = counted([...wire, chosen.delta('yes', '0.4100', '1.00')], 0.1)
  const cached = await expectAlike([frames.slice(0, 250), frames.slice(250, 500), frames.slice(500)])
  // The first frame of a sequence in a segment is kept, whosever it is.
  expect(cached.leftOut).toBe(599)
})

it('a frame that was left out would not have told which subscription a book has', async () => {
  const [chosen, other] = [new BookWire(CHOSEN), new BookWire(OTHER)]
  const levels = [['0.6000', '10.00']] as const
  const ended = { type: 'unsubscribed', sid: 1, seq: 0 }
  const books = [chosen.snapshot(levels, []), other.snapshot(levels, []), chosen.snapshot([], levels)]
  const received = counted(
    books.flatMap((book, at) => [agreed(at + 1), book, ended]),
    0
  )
  // Each of the three commands comes before its answer, its book and its end.
  const cached = await expectAlike([
    received.flatMap((frame, at) => (at % 3 === 0 ? [subscribe(at / 3 + 1, at !== 3), frame] : [frame]))
  ])
  expect(cached.leftOut).toBe(0)
})
