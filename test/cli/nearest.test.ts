import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/cli/nearest.ts'

const NAMES = ['movers', 'opportunities', 'arbitrage', 'new-markets', 'momentum']

describe('the nearest name', () => {
  it.each([
    ['moovers', 'movers'],
    ['mover', 'movers'],
    ['Movers', 'movers'],
    ['oportunities', 'opportunities'],
    ['arbitrag', 'arbitrage'],
    ['newmarkets', 'new-markets'],
    ['momentun', 'momentum'],
    ['big-trades', undefined],
    ['', undefined]
  ])('to %s is %s', (text, name) => {
    expect(nearest(text, NAMES)).toBe(name)
  })
})
