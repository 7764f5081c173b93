import { describe, expect, it } from 'vitest'
import { parseBytes, parseList, parsePositive, parseRotation, parseSeconds, parseSpeed } from '../../src/cli/values.ts'

describe('values of the command line', () => {
  it.each([
    ['90s', 90],
    ['10m', 600],
    ['2h', 7_200],
    ['1.5s', 1.5],
    ['250ms', 0.25],
    ['1d', 86_400]
  ])('%s lasts %d seconds', (text, seconds) => {
    expect(parseSeconds(text)).toBeCloseTo(seconds, 9)
  })

  it.each(['', '10', 's', '-1s', '0s', '1 s', '1w', 'ten minutes'])('%j is no duration', text => {
    expect(() => parseSeconds(text)).toThrow('write a duration such as 90s')
  })

  it.each([
    ['256MB', 256_000_000],
    ['1.5GB', 1_500_000_000],
    ['10kB', 10_000],
    ['7B', 7]
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes)
  })

  it('takes a size or an age for a rotation', () => {
    expect(parseRotation('1MB')).toEqual({ bytes: 1_000_000 })
    expect(parseRotation('1h')).toEqual({ seconds: 3_600 })
    expect(() => parseRotation('1')).toThrow('write a size such as 256MB or a duration such as 1h')
  })

  it('reads speeds', () => {
    expect(['1x', '10x', '0.5x', 'max'].map(parseSpeed)).toEqual([1, 10, 0.5, 'max'])
    for (const wrong of ['', '10', 'x', '0x', '-1x', 'fast']) expect(() => parseSpeed(wrong)).toThrow('write a speed')
  })

  it('joins lists that are given several times, and refuses an empty name', () => {
    expect(parseList('A, B', parseList('C'))).toEqual(['C', 'A', 'B'])
    expect(() => parseList('A,,B')).toThrow('without an empty one')
  })

  it('takes whole numbers above zero only', () => {
    expect(parsePositive('12')).toBe(12)
    for (const wrong of ['0', '-1', '1.5', '1e3', '']) expect(() => parsePositive(wrong)).toThrow('above 0')
  })
})
