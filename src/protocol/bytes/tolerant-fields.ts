import type { Microseconds } from '../../core/time.ts'
import type { Count, Price } from '../../core/units.ts'
import { ONE_DOLLAR } from '../../core/units.ts'
import { NO_FIELDS } from '../irregular.ts'
import type { Level } from '../messages/market-data.ts'
import { decimalAt } from './decimal.ts'
import { byteHere, CLOSE_OBJECT, hasNext, skipColon, skipPlainText, skipSpace, skipValue, skipWord } from './json.ts'
import { numbers } from './numbers.ts'
import { plain } from './plain.ts'
import { TextTable } from './text-table.ts'
import { takeLevels } from './tolerant-levels.ts'
import { window } from './window.ts'

const { cursor, integerAt, NONE, timeAt } = numbers
const { QUOTE } = plain
const { textAt } = window

/** What the value of a field must be to be understood here. */
export type Kind = 'text' | 'integer' | 'flag' | 'levels' | 'object'

const MINUS = 0x2d
const ZERO = 0x30
const UNDERSCORE = 0x5f

/**
 * The fields of an object of JSON, in any order, with white space between them and others among them. Holds those of
 * the object that was read last. `isOdd` is set by a value that is sent but is none that is understood here.
 */
export class Fields<Name extends string> {
  /** The number of each field, by which its value is asked for. */
  readonly slots: Readonly<Record<Name, number>>
  isOdd = false
  /** Names of fields that are not known, in their order. */
  unknown: readonly string[] = NO_FIELDS
  readonly #names: TextTable
  readonly #kinds: readonly Kind[]
  readonly #readObject: () => boolean
  /** Counts the objects; a field that was sent bears the number of its object. */
  #object = 0
  readonly #objects: Int32Array
  readonly #starts: Int32Array
  readonly #lengths: Int32Array
  readonly #integers: Float64Array
  readonly #levels: (readonly Level[])[] = []

  constructor(kinds: Readonly<Record<Name, Kind>>, readObject: () => boolean = skipValue) {
    const names = Object.keys(kinds)
    this.slots = Object.fromEntries(names.map((name, slot) => [name, slot])) as Record<Name, number>
    this.#names = new TextTable(names)
    this.#kinds = Object.values(kinds)
    this.#readObject = readObject
    this.#objects = new Int32Array(names.length)
    this.#starts = new Int32Array(names.length)
    this.#lengths = new Int32Array(names.length)
    this.#integers = new Float64Array(names.length)
  }

  /** Reads the object behind whose first brace the cursor is, and moves that behind its last one. */
  read(): boolean {
    this.#object = (this.#object + 1) | 0
    this.isOdd = false
    this.unknown = NO_FIELDS
    skipSpace()
    if (byteHere() === CLOSE_OBJECT) return false
    for (;;) {
      if (byteHere() !== QUOTE || !this.#readField()) return false
      const next = hasNext(CLOSE_OBJECT)
      if (next !== true) return next === false
    }
  }

  has(slot: number): boolean {
    return this.#objects[slot] === this.#object
  }

  /** Where the value begins. */
  startOf(slot: number): number {
    return this.#starts[slot] as number
  }

  lengthOf(slot: number): number {
    return this.has(slot) ? (this.#lengths[slot] as number) : 0
  }

  text(slot: number): string | null {
    return this.has(slot) ? textAt(this.startOf(slot), this.lengthOf(slot)) : null
  }

  integer(slot: number): number | null {
    return this.has(slot) ? (this.#integers[slot] as number) : null
  }

  flag(slot: number): boolean | null {
    return this.has(slot) ? this.#integers[slot] === 1 : null
  }

  levels(slot: number): readonly Level[] {
    return this.has(slot) ? (this.#levels[slot] as readonly Level[]) : []
  }

  /** From decimal text if that is sent and not empty, else from cents. */
  price(dollars: number, cents: number): Price | null {
    const price = this.#decimal(dollars, 4) ?? this.#scaled(cents, 100)
    if (price !== null && !(price >= 0 && price <= ONE_DOLLAR)) this.isOdd = true
    return price as Price | null
  }

  /** From decimal text if that is sent and not empty, else from whole contracts. */
  count(fixedPoint: number, contracts?: number): Count | null {
    const count = this.#decimal(fixedPoint, 2) ?? (contracts === undefined ? null : this.#scaled(contracts, 100))
    if (count !== null && !Number.isSafeInteger(count)) this.isOdd = true
    return count as Count | null
  }

  /** RFC 3339; null where it is not sent or empty. */
  time(slot: number): Microseconds | null {
    const length = this.lengthOf(slot)
    if (length === 0) return null
    const time = timeAt(this.startOf(slot))
    if (Number.isNaN(time) || cursor.at !== this.startOf(slot) + length) this.isOdd = true
    return time as Microseconds
  }

  /** From a number of so many microseconds. */
  timeIn(slot: number, microseconds: number): Microseconds | null {
    const time = this.#scaled(slot, microseconds)
    if (time !== null && !Number.isSafeInteger(time)) this.isOdd = true
    return time as Microseconds | null
  }

  /** One of two texts; null where it is not sent. */
  either<Choice extends string>(slot: number, first: Choice, second: Choice): Choice | null {
    const text = this.text(slot)
    if (text === null) return null
    if (text !== first && text !== second) this.isOdd = true
    return text as Choice
  }

  #decimal(slot: number, decimals: number): number | null {
    const length = this.lengthOf(slot)
    return length === 0 ? null : decimalAt(this.startOf(slot), length, decimals)
  }

  #scaled(slot: number, factor: number): number | null {
    const integer = this.integer(slot)
    return integer === null ? null : integer * factor
  }

  #readField(): boolean {
    const from = cursor.at + 1
    const slot = this.#names.find(from)
    if (slot === NONE) return this.#readUnknown(from)
    cursor.at++
    // Of two fields of one name a parser of JSON takes the last, and its first place.
    if (this.has(slot) || !skipColon()) return false
    this.#objects[slot] = this.#object
    return this.#readValue(slot)
  }

  #readValue(slot: number): boolean {
    const start = cursor.at
    switch (this.#kinds[slot] as Kind) {
      case 'text':
        this.#starts[slot] = start + 1
        if (!skipPlainText()) return false
        this.#lengths[slot] = cursor.at - start - 2
        return true
      case 'integer':
        return this.#readInteger(slot)
      case 'flag':
        this.#integers[slot] = byteHere() === TRUE ? 1 : 0
        return skipWord(byteHere() === TRUE ? 'true' : 'false')
      case 'levels': {
        const levels = takeLevels()
        if (levels !== null) this.#levels[slot] = levels
        return levels !== null
      }
      case 'object':
        this.#starts[slot] = start
        return this.#readObject()
    }
  }

  #readInteger(slot: number): boolean {
    const isNegative = byteHere() === MINUS
    const integer = integerAt(isNegative ? cursor.at + 1 : cursor.at)
    // There is a negative zero in JSON.
    if (integer === NONE || (isNegative && integer === 0)) return false
    this.#integers[slot] = isNegative ? -integer : integer
    return true
  }

  /** Names that a parser of JSON puts elsewhere, or once where they are sent twice, are left to it. */
  #readUnknown(from: number): boolean {
    cursor.at = from - 1
    if (!skipPlainText()) return false
    const name = textAt(from, cursor.at - 1 - from)
    const first = name.charCodeAt(0)
    if (name === '' || first === UNDERSCORE || (first >= ZERO && first <= ZERO + 9)) return false
    if (this.unknown.includes(name) || !skipColon() || !skipValue()) return false
    this.unknown = [...this.unknown, name]
    return true
  }
}

const TRUE = 0x74
