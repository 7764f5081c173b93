import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatTime, microseconds, parseMicroseconds, parseTime, SECOND, toMicroseconds } from '../../src/core/time.ts'

/** Years 1970 to 9999. */
const nanoseconds = fc.bigInt({ min: 0n, max: 253_402_300_799_999_999_999n })

test('a formatted time reads back to the nanosecond', () => {
  fc.assert(
    fc.property(nanoseconds, time => {
      expect(parseTime(formatTime(time))).toBe(time)
    })
  )
})

test('a time has nine decimals', () => {
  expect(formatTime(1_791_833_401_535_397_001n)).toBe('2026-10-12T19:30:01.535397001Z')
  expect(formatTime(0n)).toBe('1970-01-01T00:00:00.000000000Z')
  expect(formatTime(-1n)).toBe('1969-12-31T23:59:59.999999999Z')
})

test.each([
  ['2026-10-12T19:30:01Z', 1_791_833_401_000_000_000n],
  ['2026-10-12T19:30:01.5Z', 1_791_833_401_500_000_000n],
  ['2026-10-12T19:30:01.535397Z', 1_791_833_401_535_397_000n],
  ['2026-10-12t19:30:01.535397001z', 1_791_833_401_535_397_001n],
  ['2026-10-12 15:30:01-04:00', 1_791_833_401_000_000_000n],
  ['2028-02-29T00:00:00Z', 1_835_395_200_000_000_000n]
])('%s is a time', (text, time) => {
  expect(parseTime(text)).toBe(time)
})

describe('what is no time in RFC 3339 is undefined', () => {
  test.each([
    '',
    'now',
    '2026-10-12',
    '2026-10-12T19:30:01',
    '2026-10-12T19:30Z',
    '2026-10-12T19:30:01.Z',
    '2026-10-12T19:30:01.1234567890Z',
    '2026-10-12T24:00:00Z',
    '2026-10-12T19:60:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-10-12T19:30:01+25:00',
    '1791833401'
  ])('%s', text => {
    expect(parseTime(text)).toBeUndefined()
  })

  test('any text is a time or undefined, never an exception', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        expect(['bigint', 'undefined']).toContain(typeof parseTime(text))
      })
    )
  })
})

test('a text read as microseconds is the time it reads as, cut off', () => {
  fc.assert(
    fc.property(nanoseconds, time => {
      fc.pre(time < 9_000_000_000_000_000_000n)
      expect(parseMicroseconds(formatTime(time))).toBe(toMicroseconds(time))
    })
  )
  expect(parseMicroseconds('2026-10-12T19:30:01.5+02:00')).toBe(1_791_826_201_500_000)
  expect(parseMicroseconds('2026-02-30T00:00:00Z')).toBeUndefined()
})

test('microseconds are cut off, exactly for all times of this century', () => {
  const thisCentury = fc.bigInt({ min: 946_684_800_000_000_000n, max: 4_102_444_800_000_000_000n })
  fc.assert(
    fc.property(thisCentury, time => {
      expect(BigInt(toMicroseconds(time))).toBe(time / 1000n)
    })
  )
  expect(microseconds(2.9)).toBe(2)
  expect(SECOND).toBe(1_000_000)
})
