import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameText } from '../../../src/exchange/faults/frame-text.ts'

const frame = fc.record(
  {
    id: fc.nat(),
    type: fc.constantFrom('orderbook_delta', 'ticker', 'ok'),
    sid: fc.nat(),
    seq: fc.nat(),
    sending_ts_ms: fc.nat(),
    strange: fc.jsonValue(),
    msg: fc.oneof(
      fc.record({
        title: fc.string(),
        market_ticker: fc.constantFrom('KXA-1', 'KXB-2'),
        ts_ms: fc.nat(),
        deep: fc.jsonValue()
      }),
      fc.array(fc.record({ sid: fc.nat(), seq: fc.nat() })),
      fc.constant({})
    )
  },
  { requiredKeys: ['type'] }
)

/** The same fields in another order, with blanks between them or without. */
const text = fc
  .tuple(frame, fc.boolean())
  .chain(([fields, spaced]) =>
    fc
      .shuffledSubarray(Object.entries(fields), { minLength: Object.keys(fields).length })
      .map(entries => `${JSON.stringify(Object.fromEntries(entries), null, spaced ? 1 : 0)}\n`)
  )

interface Parsed {
  readonly msg?: { readonly market_ticker?: string; readonly ts_ms?: number }
  readonly sending_ts_ms?: number
}

function parse(text: string): Parsed {
  return JSON.parse(text) as Parsed
}

test('the fields that are found are those of the JSON', () => {
  fc.assert(
    fc.property(text, given => {
      const { id, type, sid, seq, msg } = JSON.parse(given)
      const { identity } = new FrameText(given)
      expect(identity).toEqual({ id, type, sid, seq, market: msg?.market_ticker })
    })
  )
})

test('a sid is exchanged and nothing else', () => {
  fc.assert(
    fc.property(text, given => {
      const before = JSON.parse(given)
      expect(JSON.parse(new FrameText(given).withSid(77))).toEqual('sid' in before ? { ...before, sid: 77 } : before)
    })
  )
})

test('times are shifted and nothing else', () => {
  fc.assert(
    fc.property(text, given => {
      const shifted = new FrameText(given).withShiftedTimes(-5)
      const before = parse(given)
      const after = parse(shifted)
      const expected = structuredClone(before) as { sending_ts_ms?: number; msg?: { ts_ms?: number } }
      if (expected.sending_ts_ms !== undefined) expected.sending_ts_ms -= 5
      if (expected.msg?.ts_ms !== undefined) expected.msg.ts_ms -= 5
      expect(after).toEqual(expected)
    })
  )
})

test('a field is added to the frame and to its msg', () => {
  fc.assert(
    fc.property(text, given => {
      const before = JSON.parse(given)
      const { msg } = before
      const isFilled = msg !== undefined && !Array.isArray(msg) && Object.keys(msg).length > 0
      const expected = { ...before, new: 1, ...(isFilled ? { msg: { ...msg, new: 1 } } : {}) }
      expect(JSON.parse(new FrameText(given).withField('"new":1'))).toEqual(expected)
    })
  )
})

test('nothing breaks on what is no JSON', () => {
  fc.assert(
    fc.property(fc.string(), text, fc.nat(), (start, given, length) => {
      const broken = new FrameText(start + given.slice(0, length % given.length))
      expect(Object.keys(broken.identity)).toHaveLength(5)
    })
  )
})

test('5 MB in one string are walked over', () => {
  const text = `{"type":"x","msg":{"padding":"${'\\"xxx'.repeat(1_000_000)}"},"sid":4}`
  expect(new FrameText(text).sid).toBe(4)
})
