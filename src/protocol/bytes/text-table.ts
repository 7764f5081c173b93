import { numbers } from './numbers.ts'
import { plain } from './plain.ts'
import { window } from './window.ts'

const { cursor, NONE } = numbers
const { QUOTE } = plain
const { view } = window

const WORD = 8
/** A text lies in a record of two lines of the processor's cache, behind room for another text that goes with it. */
const RECORD = 128
const ROOM = 40
/** A longer text is found nowhere. */
const TEXT_MAX = RECORD - ROOM - 1
const RECORDS = 32

/**
 * Numbers texts by their bytes, so that no string is made of what has been seen before. Texts must be plain ASCII; they
 * are looked for where a string of JSON begins and are compared up to its quote and with it, so that what is found is
 * known to be plain too.
 */
export class TextTable {
  /** Open addressing, pairs of a hash and the number of a text plus one, 0 where free; half of a power of two is free. */
  #slots = new Int32Array(4 * RECORDS)
  #records = new DataView(new ArrayBuffer(RECORDS * RECORD))
  readonly #texts: string[] = []

  constructor(texts: Iterable<string> = []) {
    for (const text of texts) this.add(text)
  }

  /** Where the records are. The room of a new one is filled with what equals nothing when words are taken for doubles. */
  get records(): DataView {
    return this.#records
  }

  /** Where the record of a text begins, which is where the room is. */
  recordOf(number: number): number {
    return number * RECORD
  }

  textOf(number: number): string {
    return this.#texts[number] as string
  }

  /** The number of the text that begins here; NONE if it is not known. Leaves the cursor at its quote, if that is near. */
  find(from: number): number {
    const hash = hashAt(from)
    const length = cursor.at - from
    const slots = this.#slots
    const mask = slots.length - 2
    let slot = (hash << 1) & mask
    for (let known = slots[slot + 1] as number; known !== 0; known = slots[slot + 1] as number) {
      if (slots[slot] === hash && this.#isAt(from, length, (known - 1) * RECORD + ROOM)) return known - 1
      slot = (slot + 2) & mask
    }
    return NONE
  }

  /** A text that has no number yet, and is not longer than `TEXT_MAX`. */
  add(text: string): number {
    const number = this.#texts.length
    if ((number + 1) * RECORD > this.#records.byteLength) this.#grow()
    this.#texts.push(text)
    const start = number * RECORD
    for (let at = 0; at < ROOM; at++) this.#records.setUint8(start + at, 0xff)
    for (let at = 0; at < text.length; at++) this.#records.setUint8(start + ROOM + at, text.charCodeAt(at))
    this.#records.setUint8(start + ROOM + text.length, QUOTE)
    this.#enter(number)
    return number
  }

  /** Compares the quote too, which tells a text from a longer one that begins like it. */
  #isAt(from: number, length: number, start: number): boolean {
    const known = this.#records
    const last = length + 1 - WORD
    if (last < 0) {
      for (let at = 0; at <= length; at++) {
        if (view.getUint8(from + at) !== known.getUint8(start + at)) return false
      }
      return true
    }
    for (let at = 0; at < last; at += WORD) {
      if (view.getFloat64(from + at, true) !== known.getFloat64(start + at, true)) return false
    }
    return view.getFloat64(from + last, true) === known.getFloat64(start + last, true)
  }

  #enter(number: number): void {
    const hash = hashOf(this.textOf(number))
    const mask = this.#slots.length - 2
    let slot = (hash << 1) & mask
    while (this.#slots[slot + 1] !== 0) slot = (slot + 2) & mask
    this.#slots[slot] = hash
    this.#slots[slot + 1] = number + 1
  }

  #grow(): void {
    const larger = new Uint8Array(this.#records.byteLength * 2)
    larger.set(new Uint8Array(this.#records.buffer))
    this.#records = new DataView(larger.buffer)
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (const number of this.#texts.keys()) this.#enter(number)
  }
}

const QUOTES = 0x22222222
const ONES = 0x01010101
const TOP_BITS = 0x80808080 | 0
const MIX = 0x9e3779b1 | 0

/** Of the bytes up to the next quote, where it leaves the cursor; that stays where it begins if no quote is near. */
const hashAt = (from: number): number => {
  let at = from
  let hash = 0
  while (at - from <= TEXT_MAX) {
    const word = view.getInt32(at, true)
    const differs = word ^ QUOTES
    // Leaves the top bit of the first byte that is zero, and maybe of some behind it.
    const quotes = (differs - ONES) & ~differs & TOP_BITS
    if (quotes !== 0) {
      const first = quotes & -quotes
      cursor.at = at + ((31 - Math.clz32(first)) >>> 3)
      return mixed(hash, word & (first - 1))
    }
    hash = mixed(hash, word)
    at += 4
  }
  cursor.at = from
  return 0
}

/** The same of a text, with its quote behind it, as `hashAt` takes the last word: but for the top bit of the quote. */
const hashOf = (text: string): number => {
  const quoted = `${text}"`
  let hash = 0
  for (let at = 0; at < quoted.length; at += 4) {
    let word = 0
    for (let byte = 0; byte < 4; byte++)
      word |= (at + byte < quoted.length ? quoted.charCodeAt(at + byte) : 0) << (8 * byte)
    hash = mixed(hash, word)
  }
  return hash
}

const mixed = (hash: number, word: number): number => {
  const product = Math.imul(hash ^ word, MIX)
  return product ^ (product >>> 15)
}

export const TEXT_LENGTH_MAX = TEXT_MAX
