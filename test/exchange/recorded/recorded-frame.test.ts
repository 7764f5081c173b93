import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordedFrame } from '../../../src/exchange/recorded/recorded-frame.ts'

function read(text: string): RecordedFrame | undefined {
  const bytes = Buffer.from(`before${text}behind`)
  const frame = new RecordedFrame()
  return frame.read(bytes, 6, bytes.length - 6) ? frame : undefined
}

/** As the exchange might write frames: members in any order, spaces anywhere, look-alikes in `msg`; a snapshot may be a reply. */
const frames = fc
  .record({
    type: fc.constantFrom('orderbook_delta', 'orderbook_snapshot', 'ticker', 'type'),
    sid: fc.option(fc.integer({ min: 1, max: 1e6 }), { nil: undefined }),
    seq: fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
    id: fc.option(fc.integer({ min: 0, max: 1e6 }), { nil: undefined }),
    sending_ts_ms: fc.option(fc.nat(), { nil: undefined }),
    msg: fc.record(
      {
        market_ticker: fc.constantFrom('KXA-1', 'KXB-26NOV24-T0.5', 'K"X,{}[]', 'KXÜ', '\\'),
        sid: fc.nat(),
        seq: fc.nat(),
        nested: fc.object({ key: fc.constantFrom('market_ticker', 'seq', 'sid'), maxDepth: 2 }),
        text: fc.constantFrom('"sid":1,"seq":2', '}', '{"msg":', '\\"')
      },
      { requiredKeys: ['market_ticker'] }
    )
  })
  .chain(frame => {
    const hasId = frame.type === 'orderbook_snapshot'
    const members = Object.entries(frame).filter(([key, value]) => value !== undefined && (key !== 'id' || hasId))
    return fc.tuple(fc.shuffledSubarray(members, { minLength: members.length }), fc.constantFrom('', ' ', '\n'))
  })
  .map(([members, space]) => {
    const written = members.map(([key, value]) => `${JSON.stringify(key)}${space}:${space}${JSON.stringify(value)}`)
    return `${space}{${space}${written.join(`${space},${space}`)}${space}}\n`
  })

test('under other numbers a frame is the same but for sid, seq and id at its top level', () => {
  fc.assert(
    fc.property(frames, fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e9 }), (text, sid, seq) => {
      const recorded: Record<string, unknown> = Object(JSON.parse(text))
      const expected = { ...recorded }
      for (const [name, number] of Object.entries({ sid, seq, id: 0 })) {
        if (name in recorded) expected[name] = number
      }
      const frame = read(text)
      const served = frame?.text(sid, seq) ?? ''
      expect(JSON.parse(served)).toEqual(expected)
      expect(Buffer.byteLength(served)).toBe(frame?.lengthAs(sid, seq))
      expect(withoutDigits(served)).toBe(withoutDigits(text))
    })
  )
})

/** Neither numbers nor what they stand for: what is left must be the same bytes. */
function withoutDigits(text: string): string {
  return text.replaceAll(/\d+/g, '')
}

test('under its own numbers a frame is the same bytes', () => {
  fc.assert(
    fc.property(frames, text => {
      const frame = read(text)
      if (/"id"/.test(text)) return
      expect(frame?.text(frame.sid ?? 0, frame.seq)).toBe(text)
      expect(frame?.recordedText()).toBe(text)
    })
  )
})

test('it knows its type, its numbers and what it speaks of', () => {
  fc.assert(
    fc.property(frames, text => {
      const { type, sid, seq, msg } = JSON.parse(text) as Record<string, { market_ticker?: string }>
      const frame = read(text)
      expect({ type: frame?.type, sid: frame?.sid, seq: frame?.seq }).toEqual({ type, sid, seq })
      // Escapes stay as they are: no market of the exchange has any.
      const ticker = JSON.stringify(msg?.market_ticker).slice(1, -1)
      expect(frame?.subject).toBe(ticker)
    })
  )
})

test.each(['', 'null', '[]', '{}', '{"sid":1}', '{"type":7}', 'no JSON', '{"type'])('%j is no frame', text => {
  expect(read(text)).toBeUndefined()
})

test('an index and an underlying are what an index frame speaks of', () => {
  expect(read('{"type":"cfbenchmarks_value","sid":1,"seq":2,"msg":{"received_at":1,"index_id":"X"}}')?.subject).toBe(
    'X'
  )
  expect(read('{"type":"pyth_value","msg":{"underlying_ticker":"M.X/Y"},"sid":1,"seq":2}')?.subject).toBe('M.X/Y')
})
