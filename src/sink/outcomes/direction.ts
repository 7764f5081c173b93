import type { Side } from '../../protocol/messages/envelope.ts'
import type { Signal } from '../../scan/signal.ts'

/**
 * Which side a signal says to buy: its value `side`, else the sign of its value `change` (YES for what rises), else its
 * kind, `buying-yes` or `buying-no`. Null where none of these tells.
 */
export function directionOf({ kind, values }: Signal): Side | null {
  const { side, change } = values
  if (side === 'yes' || side === 'no') return side
  const amount = typeof change === 'string' || typeof change === 'number' ? Number(change) : 0
  if (amount > 0) return 'yes'
  if (amount < 0) return 'no'
  if (kind === 'buying-yes') return 'yes'
  return kind === 'buying-no' ? 'no' : null
}
