import { describe, expect, it } from 'vitest'
import { formatTable } from '../../src/sink/text-table.ts'

describe('text table', () => {
  it('aligns numbers to the right and text to the left, under their titles', () => {
    const table = {
      columns: ['market', 'change'],
      rows: [
        ['KXA', '0.0100'],
        ['KXLONGER', '-0.1200']
      ]
    }
    expect(formatTable(table)).toEqual(['market     change', 'KXA        0.0100', 'KXLONGER  -0.1200'])
  })

  it('is its titles alone where there are no rows', () => {
    expect(formatTable({ columns: ['market', 'change'], rows: [] })).toEqual(['market  change'])
  })
})
