import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import type { ScanFlags } from '../../src/cli/scan-options.ts'
import { addScanOptions } from '../../src/cli/scan-options.ts'
import { ratioFromText } from '../../src/core/units.ts'
import { USUAL_FEES } from '../../src/market/fees.ts'

function parse(...args: string[]): ScanFlags {
  const command = addScanOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  return command.parse(args, { from: 'user' }).opts<ScanFlags>()
}

describe('the flags of scanners', () => {
  it('are read into the units of the scanners', () => {
    expect(
      parse(
        '--min-change',
        '0.005',
        '--min-profit',
        '0.25',
        '--min-flow',
        '12.5',
        '--min-pressure',
        '1.5',
        '--period',
        '90s'
      )
    ).toMatchObject({ minChange: 50, minProfit: 250_000, minFlow: 1_250, minPressure: 150, period: 90_000_000 })
    const flags = parse(
      '--exhaustive',
      'KXHIGHNY=6,KXRATE-26=5',
      '--fee-multipliers',
      'KXINX=0.5',
      '--exclusive',
      'A,B'
    )
    expect(flags.exhaustive).toEqual(
      new Map([
        ['KXHIGHNY', 6],
        ['KXRATE-26', 5]
      ])
    )
    expect(flags.feeMultipliers).toEqual(new Map([['KXINX', { ...USUAL_FEES, multiplier: ratioFromText('0.5') }]]))
    expect(flags.exclusive).toEqual(['A', 'B'])
  })

  it.each([
    ['--min-change', '0'],
    ['--min-change', '-0.01'],
    ['--min-pressure', '1.555'],
    ['--min-pressure', 'much'],
    ['--exhaustive', 'KXHIGHNY'],
    ['--exhaustive', 'KXHIGHNY=0'],
    ['--exhaustive', 'KXHIGHNY=six'],
    ['--fee-multipliers', 'KXINX=half'],
    ['--fee-multipliers', '=1'],
    ['--min-profit', 'a cent']
  ])('%s %s is refused', (flag, value) => {
    expect(() => parse(flag, value)).toThrow(/is invalid/)
  })
})
