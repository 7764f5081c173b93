import { KnownTexts } from './known-texts.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const SPACE = 0x20
const ZERO = 0x30

/** The numbers of an envelope that mean something on one connection only. */
const SID = 0
const SEQ = 1
const ID = 2

/** Below so many bytes a loop copies faster than a call does. */
const LOOP_BYTES_MAX = 48

/**
 * A text frame of a recording, as its bytes, of which is known what serving it takes: its type, its market, and where
 * in the envelope `sid`, `seq` and `id` stand. Nothing is parsed or written anew: all other bytes go out as they came in.
 * One object is used for one frame after the other.
 */
export class RecordedFrame {
  #bytes: Buffer = Buffer.alloc(0)
  #start = 0
  #end = 0
  #type = ''
  #subject: string | undefined
  /** Which numbers the envelope has, in the order in which they stand in it, and from where to where. */
  #cuts = 0
  readonly #cutKind = new Uint8Array(3)
  readonly #cutStart = new Int32Array(3)
  readonly #cutEnd = new Int32Array(3)
  readonly #texts = new KnownTexts()
  #sid: number | undefined
  #seq: number | undefined

  get type(): string {
    return this.#type
  }

  /** The market, index or underlying that it speaks of. */
  get subject(): string | undefined {
    return this.#subject
  }

  /** As recorded. */
  get sid(): number | undefined {
    return this.#sid
  }

  /** As recorded. */
  get seq(): number | undefined {
    return this.#seq
  }

  /** Looks at a payload, which must stay as it is while this frame is in use. False where it is no frame with a type. */
  read(bytes: Buffer, start: number, end: number): boolean {
    this.#bytes = bytes
    this.#start = start
    this.#end = end
    this.#type = ''
    this.#subject = undefined
    this.#sid = undefined
    this.#seq = undefined
    this.#cuts = 0
    const opening = this.#skipSpace(start)
    if (bytes[opening] !== OPEN_BRACE) return false
    this.#readEnvelope(opening + 1)
    return this.#type !== ''
  }

  /** How many bytes it has under a session's own numbers. */
  lengthAs(sid: number, seq: number | undefined): number {
    let length = this.#end - this.#start
    for (let cut = 0; cut < this.#cuts; cut++) {
      const recorded = (this.#cutEnd[cut] ?? 0) - (this.#cutStart[cut] ?? 0)
      length += digitsOf(this.#numberFor(cut, sid, seq)) - recorded
    }
    return length
  }

  /** Copies it under a session's own numbers, and returns where it ends. */
  copyTo(target: Buffer, at: number, sid: number, seq: number | undefined): number {
    let from = this.#start
    let to = at
    for (let cut = 0; cut < this.#cuts; cut++) {
      to = copy(this.#bytes, from, this.#cutStart[cut] ?? 0, target, to)
      to = writeNumber(target, to, this.#numberFor(cut, sid, seq))
      from = this.#cutEnd[cut] ?? 0
    }
    return copy(this.#bytes, from, this.#end, target, to)
  }

  text(sid: number, seq: number | undefined): string {
    const bytes = Buffer.allocUnsafe(this.lengthAs(sid, seq))
    this.copyTo(bytes, 0, sid, seq)
    return bytes.toString()
  }

  /** As recorded. */
  recordedText(): string {
    return this.#bytes.toString('utf8', this.#start, this.#end)
  }

  /** The `id` of the recorder's own command would mislead others: 0 says that there is none (protocol reference, section 4). */
  #numberFor(cut: number, sid: number, seq: number | undefined): number {
    const kind = this.#cutKind[cut]
    if (kind === SID) return sid
    return kind === SEQ ? (seq ?? 0) : 0
  }

  /** The members of the frame. Stops where all is known: `msg` usually comes last and need not be read to its end. */
  #readEnvelope(from: number): void {
    const bytes = this.#bytes
    let at = this.#skipSpace(from)
    while (at < this.#end && bytes[at] === QUOTE) {
      const keyStart = at + 1
      const keyEnd = this.#endOfString(keyStart)
      const value = this.#skipSpace(this.#skipSpace(keyEnd + 1) + 1)
      at = this.#readMember(keyStart, keyEnd, value)
      if (at < 0) return
      at = this.#skipSpace(at)
      if (bytes[at] !== COMMA) return
      at = this.#skipSpace(at + 1)
    }
  }

  /** Returns where the value ends, or −1 where nothing more is needed. */
  #readMember(keyStart: number, keyEnd: number, value: number): number {
    const bytes = this.#bytes
    const length = keyEnd - keyStart
    const first = bytes[keyStart]
    if (length === 4 && first === 0x74 /* type */ && bytes[value] === QUOTE && this.#isKey(keyStart, 'type')) {
      const end = this.#endOfString(value + 1)
      this.#type = this.#texts.read(bytes, value + 1, end)
      return end + 1
    }
    if (length === 3 && first === 0x73 /* s */) {
      if (this.#isKey(keyStart, 'sid')) return this.#cut(SID, value)
      if (this.#isKey(keyStart, 'seq')) return this.#cut(SEQ, value)
    }
    if (length === 2 && this.#isKey(keyStart, 'id')) return this.#cut(ID, value)
    if (length === 3 && first === 0x6d /* m */ && bytes[value] === OPEN_BRACE && this.#isKey(keyStart, 'msg')) {
      return this.#readMsg(value)
    }
    return this.#skipValue(value)
  }

  /** The first member of `msg` that names what it speaks of is all that is wanted. */
  #readMsg(from: number): number {
    const bytes = this.#bytes
    let at = this.#skipSpace(from + 1)
    while (at < this.#end && bytes[at] === QUOTE) {
      const keyStart = at + 1
      const keyEnd = this.#endOfString(keyStart)
      const value = this.#skipSpace(this.#skipSpace(keyEnd + 1) + 1)
      if (bytes[value] === QUOTE && this.#isSubject(keyStart, keyEnd)) {
        this.#subject = this.#texts.read(bytes, value + 1, this.#endOfString(value + 1))
        if (this.#isKnown()) return -1
        break
      }
      at = this.#skipSpace(this.#skipValue(value))
      if (bytes[at] !== COMMA) break
      at = this.#skipSpace(at + 1)
    }
    return this.#skipValue(from)
  }

  /** Only a snapshot may be a reply, whose `id` might still follow. */
  #isKnown(): boolean {
    return (
      this.#type !== '' && this.#type !== 'orderbook_snapshot' && this.#sid !== undefined && this.#seq !== undefined
    )
  }

  #isSubject(keyStart: number, keyEnd: number): boolean {
    switch (keyEnd - keyStart) {
      case 13:
        return this.#isKey(keyStart, 'market_ticker')
      case 6:
        return this.#isKey(keyStart, 'ticker')
      case 8:
        return this.#isKey(keyStart, 'index_id')
      case 17:
        return this.#isKey(keyStart, 'underlying_ticker')
      default:
        return false
    }
  }

  /** The length is known to be right. */
  #isKey(start: number, key: string): boolean {
    for (let at = 0; at < key.length; at++) if (this.#bytes[start + at] !== key.charCodeAt(at)) return false
    return true
  }

  /** A number to be replaced; anything else, such as null, is left. */
  #cut(kind: number, from: number): number {
    let to = from
    let number = 0
    for (; to < this.#end; to++) {
      const digit = (this.#bytes[to] ?? 0) - ZERO
      if (digit < 0 || digit > 9) break
      number = number * 10 + digit
    }
    const isNumber = to > from && this.#cuts < this.#cutKind.length
    if (!isNumber) return this.#skipValue(from)
    this.#cutKind[this.#cuts] = kind
    this.#cutStart[this.#cuts] = from
    this.#cutEnd[this.#cuts] = to
    this.#cuts++
    if (kind === SID) this.#sid = number
    else if (kind === SEQ) this.#seq = number
    return to
  }

  #skipSpace(from: number): number {
    let at = from
    while (at < this.#end && (this.#bytes[at] ?? 0) <= SPACE) at++
    return at
  }

  /** Given what follows the opening quote, where the closing one stands. */
  #endOfString(from: number): number {
    const bytes = this.#bytes
    let at = from
    while (at < this.#end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
    return at
  }

  #skipValue(from: number): number {
    const bytes = this.#bytes
    let depth = 0
    for (let at = from; at < this.#end; at++) {
      const byte = bytes[at]
      if (byte === QUOTE) at = this.#endOfString(at + 1)
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (depth === 0) return at
        depth--
      } else if (byte === COMMA && depth === 0) return at
      else continue
      if (depth === 0) return at + 1
    }
    return this.#end
  }
}

function digitsOf(number: number): number {
  let digits = 1
  for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) digits++
  return digits
}

function writeNumber(target: Buffer, at: number, number: number): number {
  const end = at + digitsOf(number)
  let rest = number
  for (let place = end - 1; place >= at; place--) {
    const tenth = Math.floor(rest / 10)
    target[place] = ZERO + rest - tenth * 10
    rest = tenth
  }
  return end
}

function copy(source: Buffer, from: number, to: number, target: Buffer, at: number): number {
  if (to - from > LOOP_BYTES_MAX) source.copy(target, at, from, to)
  else for (let byte = from; byte < to; byte++) target[at + byte - from] = source[byte] ?? 0
  return at + to - from
}
