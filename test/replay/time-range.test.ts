import { describe, expect, it } from 'vitest'
import { resolveTime } from '../../src/replay/time-range.ts'
import { START } from '../recording/frames.ts'

describe('resolveTime', () => {
  it.each([
    ['2026-10-12T19:30:00.000000001Z', START + 1n],
    ['1791833400', START],
    ['1791833400.25', START + 250_000_000n],
    ['+5m', START + 300_000_000_000n],
    ['+90s', START + 90_000_000_000n],
    ['+1h30m', START + 5_400_000_000_000n],
    ['+250ms', START + 250_000_000n]
  ])('takes %s', (text, time) => {
    expect(resolveTime(text, START)).toBe(time)
  })

  it.each(['', '+', '5m', '+5', '+5m3h', 'tomorrow', '2026-10-12', '1e9'])('refuses "%s"', text => {
    expect(() => resolveTime(text, START)).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})
