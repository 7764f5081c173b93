import { formatTime } from '../../core/time.ts'
import type { Count, Price } from '../../core/units.ts'
import { formatCount, formatPrice } from '../../core/units.ts'
import type { Cell, ColumnType } from '../column.ts'

/** A cell as the text formats write it: times in RFC 3339 with nine decimals, prices in dollars, counts in contracts. */
export function textOf(type: ColumnType, cell: NonNullable<Cell>): string {
  switch (type) {
    case 'time':
      return formatTime(BigInt(cell))
    case 'price':
      return formatPrice(Number(cell) as Price)
    case 'count':
      return formatCount(Number(cell) as Count)
    case 'whole':
    case 'text':
    case 'boolean':
      return String(cell)
  }
}
