import { cursor, NONE } from './numbers.ts'
import { QUOTE } from './plain.ts'
import { view as window } from './window.ts'

const view = window
const place = cursor

const WORD = 8
/** A longer text is found nowhere. */
export const TEXT_MAX = 120
const ENTRIES = 64

/**
 * Numbers texts by their bytes, so that no string is made of what has been seen before. Texts must be plain ASCII; they
 * are looked for where a string of JSON begins and are compared up to its quote and with it, so that what is found is
 * known to be plain too.
 */
export class TextTable {
  /** Open addressing: number of a text plus one, 0 where free; a power of two, half of it free. */
  #slots = new Int32Array(2 * ENTRIES)
  #hashes = new Int32Array(ENTRIES)
  /** Where a text and its quote begin in the bytes. */
  #starts = new Int32Array(ENTRIES)
  #bytes = new DataView(new ArrayBuffer(ENTRIES * 64))
  #used = 0
  readonly #texts: string[] = []

  constructor(texts: Iterable<string> = []) {
    for (const text of texts) this.add(text)
  }

  textOf(number: number): string {
    return this.#texts[number] as string
  }

  /** The number of the text that begins here; NONE if it is not known. Leaves the cursor at its quote, if that is near. */
  find(from: number): number {
    const hash = hashAt(from)
    const length = place.at - from
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let known = this.#slots[slot] as number; known !== 0; known = this.#slots[slot] as number) {
      if (this.#hashes[known - 1] === hash && this.#isAt(from, length, this.#starts[known - 1] as number)) {
        return known - 1
      }
      slot = (slot + 1) & mask
    }
    return NONE
  }

  /** A text that has no number yet, and is not longer than `TEXT_MAX`. */
  add(text: string): number {
    const number = this.#texts.length
    if (number === this.#starts.length) this.#growEntries()
    const start = this.#used
    this.#used += Math.ceil((text.length + 1) / WORD) * WORD
    if (this.#used > this.#bytes.byteLength) this.#growBytes()
    this.#texts.push(text)
    this.#starts[number] = start
    this.#hashes[number] = hashOf(text)
    for (let at = 0; at < text.length; at++) this.#bytes.setUint8(start + at, text.charCodeAt(at))
    this.#bytes.setUint8(start + text.length, QUOTE)
    this.#enter(number)
    return number
  }

  /** Compares the quote too, which tells a text from a longer one that begins like it. */
  #isAt(from: number, length: number, start: number): boolean {
    const known = this.#bytes
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
    const mask = this.#slots.length - 1
    let slot = (this.#hashes[number] as number) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = number + 1
  }

  #growEntries(): void {
    const entries = this.#starts.length * 2
    this.#starts = grown(this.#starts, entries)
    this.#hashes = grown(this.#hashes, entries)
    this.#slots = new Int32Array(entries * 2)
    for (const number of this.#texts.keys()) this.#enter(number)
  }

  #growBytes(): void {
    const larger = new Uint8Array(this.#bytes.byteLength * 2)
    larger.set(new Uint8Array(this.#bytes.buffer))
    this.#bytes = new DataView(larger.buffer)
  }
}

const QUOTES = 0x22222222
const ONES = 0x01010101
const TOP_BITS = 0x80808080 | 0
const MIX = 0x9e3779b1 | 0

/** Of the bytes up to the next quote, where it leaves the cursor; that stays where it begins if no quote is near. */
function hashAt(from: number): number {
  let at = from
  let hash = 0
  while (at - from <= TEXT_MAX) {
    const word = view.getInt32(at, true)
    const differs = word ^ QUOTES
    // Leaves the top bit of the first byte that is zero, and maybe of some behind it.
    const quotes = (differs - ONES) & ~differs & TOP_BITS
    if (quotes !== 0) {
      const first = quotes & -quotes
      place.at = at + ((31 - Math.clz32(first)) >>> 3)
      return mixed(hash, word & (first - 1))
    }
    hash = mixed(hash, word)
    at += 4
  }
  place.at = from
  return 0
}

/** The same of a text, with its quote behind it, as `hashAt` takes the last word: but for the top bit of the quote. */
function hashOf(text: string): number {
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

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, MIX)
  return product ^ (product >>> 15)
}

function grown(column: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  larger.set(column)
  return larger
}
