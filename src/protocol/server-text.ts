import { parseObject } from './json.ts'
import { malformed, unknown } from './irregular.ts'
import type { MarketTable } from './market-table.ts'
import type { Message } from './messages.ts'
import { READERS } from './schemas/by-type.ts'

/** A text frame of the exchange, in the general way: any order of fields, any era. */
export function readServerText(text: string, markets: MarketTable): Message {
  const frame = parseObject(text)
  if (typeof frame === 'string') return malformed(undefined, frame)
  const { type } = frame
  if (typeof type !== 'string') return malformed(frame, 'type: is no string')
  const read = READERS.get(type)
  if (read === undefined) return unknown(frame, type, 'the type is not in the protocol reference')
  return read(frame, markets)
}
