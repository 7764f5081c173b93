import { window } from './window.ts'

const { view } = window

/**
 * A text of 4 to 32 ASCII characters, to be compared with the window in words of 8 bytes, of which the last may overlap
 * the one before it. As doubles, words of ASCII are equal only where their bits are: none is a zero or no number.
 */
export interface Literal {
  readonly length: number
  /** The first three words; NaN where there are fewer. */
  readonly first: number
  readonly second: number
  readonly third: number
  /** The last one, and where it begins. */
  readonly final: number
  readonly last: number
  readonly words: Float64Array
  /** Of a text of less than 8 characters, the first 4 and the last 4. */
  readonly halves: Int32Array
}

const literal = (text: string): Literal => {
  const { length } = text
  if (length < 4 || length > 32) throw new RangeError(`${text} has not 4 to 32 characters`)
  const bytes = new DataView(Uint8Array.from(text, character => character.charCodeAt(0)).buffer)
  const halves = Int32Array.of(bytes.getInt32(0, true), bytes.getInt32(length - 4, true))
  const words = Float64Array.from({ length: length >> 3 }, (_, word) => bytes.getFloat64(8 * word, true))
  const [first = Number.NaN, second = Number.NaN, third = Number.NaN] = words
  const last = length - 8
  const final = last < 0 ? Number.NaN : bytes.getFloat64(last, true)
  return Object.freeze({ length, first, second, third, final, last, words, halves })
}

/**
 * The quick way to compare with a constant literal is word by word, `isWord(at, ID.first) && isWord(at + ID.last,
 * ID.final)`: this is so small that the compiler puts it in place whatever its budget, with constants on both sides.
 */
const isWord = (at: number, word: number): boolean => view.getFloat64(at, true) === word

/** For any literal. */
const isAt = (at: number, { length, words, final, last, halves }: Literal): boolean => {
  if (length < 8) return view.getInt32(at, true) === halves[0] && view.getInt32(at + length - 4, true) === halves[1]
  for (let word = 0; word < words.length; word++) if (view.getFloat64(at + 8 * word, true) !== words[word]) return false
  return view.getFloat64(at + last, true) === final
}

/** Of 8 characters. */
const wordOf = (text: string): number => literal(text).final

export const literals = { literal, isWord, isAt, wordOf }
