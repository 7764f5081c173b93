const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENINGS = new Set([0x5b, 0x7b])
const CLOSINGS = new Set([0x5d, 0x7d])
const COMMA = 0x2c
const COLON = 0x3a
const SPACE = 0x20

/** Of a frame's top level, from the quote before its key to behind its value. */
interface Member {
  readonly from: number
  readonly valueFrom: number
  readonly to: number
}

/**
 * A frame's bytes under another `sid` and `seq`, and otherwise as they are; with `seq` null it is taken out. Null where
 * the frame has not both of them at its top level.
 */
export function renumbered(payload: Uint8Array, sid: number, seq: number | null): Uint8Array | null {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const members = membersOf(bytes)
  const [oldSid, oldSeq] = [members.get('sid'), members.get('seq')]
  if (oldSid === undefined || oldSeq === undefined) return null
  const cuts = [
    { from: oldSid.valueFrom, to: oldSid.to, text: String(sid) },
    seq === null
      ? { ...withComma(bytes, oldSeq), text: '' }
      : { from: oldSeq.valueFrom, to: oldSeq.to, text: String(seq) }
  ].sort((one, other) => one.from - other.from)
  const parts: Uint8Array[] = []
  let at = 0
  for (const { from, to, text } of cuts) {
    parts.push(bytes.subarray(at, from), Buffer.from(text))
    at = to
  }
  return Buffer.concat([...parts, bytes.subarray(at)])
}

/** A member is taken out together with the comma that follows it, or, of the last one, with the comma before it. */
function withComma(bytes: Buffer, { from, to }: Member): { readonly from: number; readonly to: number } {
  const next = skipSpace(bytes, to)
  if (bytes[next] === COMMA) return { from, to: next + 1 }
  let before = from - 1
  while (before > 0 && (bytes[before] ?? 0) <= SPACE) before--
  return { from: bytes[before] === COMMA ? before : from, to }
}

/** The frame is known to be a JSON object. */
function membersOf(bytes: Buffer): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>()
  let at = skipSpace(bytes, skipSpace(bytes, 0) + 1)
  while (bytes[at] === QUOTE) {
    const from = at
    const keyEnd = endOfString(bytes, at + 1)
    const valueFrom = skipSpace(bytes, bytes.indexOf(COLON, keyEnd) + 1)
    const to = endOfValue(bytes, valueFrom)
    members.set(bytes.toString('latin1', from + 1, keyEnd), { from, valueFrom, to })
    at = skipSpace(bytes, to)
    if (bytes[at] !== COMMA) break
    at = skipSpace(bytes, at + 1)
  }
  return members
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && (bytes[at] ?? 0) <= SPACE) at++
  return at
}

/** Given what follows the opening quote, where the closing one stands. */
function endOfString(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}

function endOfValue(bytes: Buffer, from: number): number {
  let depth = 0
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) at = endOfString(bytes, at + 1)
    else if (OPENINGS.has(byte)) depth++
    else if (CLOSINGS.has(byte) && depth > 0) depth--
    else if (depth === 0 && (byte === COMMA || byte <= SPACE || CLOSINGS.has(byte))) return at
  }
  return bytes.length
}
