import { describe, expect, it } from 'vitest'
import { checkScanner } from '../../src/scan/check-scanner.ts'

const good = { name: 'good', channels: ['trade'], timerEvery: 1_000_000 }

describe('a scanner of a user', () => {
  it('is taken as it is when it is one', () => {
    expect(checkScanner(good)).toBe(good)
    expect(checkScanner({ name: 'least', channels: [] })).toEqual({ name: 'least', channels: [] })
  })

  it.each([
    [1, /1 is no scanner/],
    [Object.create(null), /needs a name/],
    [{ ...good, name: '' }, /needs a name/],
    [{ ...good, channels: 'trade' }, /needs a list of channels/],
    [{ ...good, channels: ['trades'] }, /there is no channel trades: there are orderbook_delta, ticker, trade/],
    [{ ...good, channels: [7] }, /there is no channel 7/],
    [{ ...good, timerEvery: 5n }, /timerEvery is 5: give a whole number of microseconds above 0/],
    [{ ...good, timerEvery: 0 }, /timerEvery is 0/],
    [{ ...good, timerEvery: -1 }, /timerEvery is -1/],
    [{ ...good, timerEvery: 1.5 }, /timerEvery is 1.5/],
    [{ ...good, timerEvery: Number.NaN }, /timerEvery is NaN/],
    [{ ...good, timerEvery: '1000000' }, /timerEvery is 1000000/],
    [{ ...good, onMessage: 'trade' }, /onMessage must be a function/],
    [{ ...good, onForgotten: true }, /onForgotten must be a function/],
    [{ ...good, rank: [] }, /rank must be a function/]
  ])('is refused: %#', (value, reason) => {
    expect(() => checkScanner(value)).toThrow(reason)
  })
})
