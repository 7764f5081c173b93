import { complement, formatPrice, priceFromCents, priceFromDollars } from '../../core/units.ts'
import { parseObject } from '../../protocol/json.ts'

/**
 * A frame of an order book with its NO prices on the other leg (protocol reference, section 12), whichever they are on
 * now; undefined where it has none. Members keep their order, numbers and texts their spelling; only spaces are lost.
 */
export function onOtherLeg(text: string, sid: number, seq: number | undefined): string | undefined {
  const frame = parseObject(text)
  if (typeof frame === 'string') return undefined
  const msg: Record<string, unknown> = Object(frame['msg'])
  const converted = frame['type'] === 'orderbook_delta' ? convertDelta(msg) : convertSnapshot(msg)
  if (converted === undefined) return undefined
  const numbers = { ...('sid' in frame ? { sid } : {}), ...('seq' in frame && seq !== undefined ? { seq } : {}) }
  return `${JSON.stringify({ ...frame, ...numbers, ...('id' in frame ? { id: 0 } : {}), msg: converted })}\n`
}

function convertDelta(msg: Readonly<Record<string, unknown>>): object | undefined {
  if (msg['side'] !== 'no') return undefined
  return mapMembers(msg, (name, value) => {
    if (name === 'price_dollars') return complementOf(value)
    return name === 'price' ? complementOf(value) : value
  })
}

/** The levels of a side run from low to high on its own leg, and so from high to low on the other. */
function convertSnapshot(msg: Readonly<Record<string, unknown>>): object | undefined {
  const sides = Object.keys(msg).filter(name => name === 'no' || name.startsWith('no_'))
  if (sides.length === 0) return undefined
  return mapMembers(msg, (name, value) => {
    if (!sides.includes(name) || !Array.isArray(value)) return value
    return value.map((level: unknown) => {
      return Array.isArray(level) ? [complementOf(level[0]), ...(level.slice(1) as unknown[])] : level
    })
  })
}

function mapMembers(
  object: Readonly<Record<string, unknown>>,
  convert: (name: string, value: unknown) => unknown
): object {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, convert(name, value)]))
}

/** With as many decimals as it had; whole numbers are cents. */
function complementOf(price: unknown): unknown {
  if (typeof price === 'number') return complement(priceFromCents(price)) / 100
  if (typeof price !== 'string' || price === '') return price
  return formatPrice(complement(priceFromDollars(price))).slice(0, Math.max(price.length, '0.00'.length))
}
