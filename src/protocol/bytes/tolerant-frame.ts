import { NO_FIELDS } from '../irregular.ts'
import type { Message } from '../messages.ts'
import type { Envelope } from '../messages/envelope.ts'
import { byteHere, OPEN_OBJECT, skipSpace, skipValue } from './json.ts'
import { numbers } from './numbers.ts'
import { TextTable } from './text-table.ts'
import type { TickerIndex } from './ticker-index.ts'
import { tolerantDelta } from './tolerant-delta.ts'
import { Fields } from './tolerant-fields.ts'
import { tolerantSnapshot } from './tolerant-snapshot.ts'
import { tolerantTicker } from './tolerant-ticker.ts'
import { tolerantTrade } from './tolerant-trade.ts'

const { cursor, NONE } = numbers

/** What is read of `msg` for a type, and what becomes of it: null where it is not to be understood here. */
interface Tolerant {
  readonly fields: Pick<Fields<string>, 'read' | 'unknown'>
  build(envelope: Envelope, tickers: TickerIndex): Message | null
}

const BY_TYPE: Readonly<Record<string, Tolerant>> = {
  orderbook_delta: tolerantDelta,
  orderbook_snapshot: tolerantSnapshot,
  ticker: tolerantTicker,
  trade: tolerantTrade
}
const TYPES = new TextTable(Object.keys(BY_TYPE))
const ALL = Object.values(BY_TYPE)

const envelope = new Fields(
  { type: 'text', sid: 'integer', seq: 'integer', id: 'integer', sending_ts_ms: 'integer', msg: 'object' },
  readMsg
)
const { slots } = envelope
let isMsgRead = false

/** A frame of one of these types, in whatever order its fields come and with whatever else is in it. */
export function tolerantMessageAt(from: number, end: number, tickers: TickerIndex): Message | null {
  isMsgRead = false
  cursor.at = from
  skipSpace()
  if (byteHere() !== OPEN_OBJECT) return null
  cursor.at++
  if (!envelope.read() || !isRestSpace(end)) return null
  const tolerant = typeOf()
  if (tolerant === undefined || !envelope.has(slots.msg)) return null
  if (!isMsgRead) {
    cursor.at = envelope.startOf(slots.msg)
    if (!readObjectOf(tolerant)) return null
  }
  const sentAt = envelope.timeIn(slots.sending_ts_ms, 1000)
  if (envelope.isOdd) return null
  const [sid, seq, id] = [envelope.integer(slots.sid), envelope.integer(slots.seq), envelope.integer(slots.id)]
  return tolerant.build({ sid, seq, id, sentAt, unknownFields: unknownFieldsOf(tolerant) }, tickers)
}

/** Where the type comes behind, the object is passed over now and read when all else is known. */
function readMsg(): boolean {
  const tolerant = typeOf()
  if (tolerant === undefined) return skipValue()
  isMsgRead = true
  return readObjectOf(tolerant)
}

function readObjectOf(tolerant: Tolerant): boolean {
  if (byteHere() !== OPEN_OBJECT) return false
  cursor.at++
  return tolerant.fields.read()
}

/** Undefined too where it is not known yet. */
function typeOf(): Tolerant | undefined {
  if (!envelope.has(slots.type)) return undefined
  const at = cursor.at
  const type = TYPES.find(envelope.startOf(slots.type))
  cursor.at = at
  return type === NONE ? undefined : ALL[type]
}

function unknownFieldsOf({ fields }: Tolerant): readonly string[] {
  if (fields.unknown.length === 0 && envelope.unknown.length === 0) return NO_FIELDS
  return [...fields.unknown.map(name => `msg.${name}`), ...envelope.unknown]
}

function isRestSpace(end: number): boolean {
  while (cursor.at < end) {
    const at = cursor.at
    skipSpace()
    if (cursor.at === at) return false
  }
  return cursor.at === end
}
