import { window } from './window.ts'

/**
 * Texts to be compared with the window in words of 8 bytes, of which the last may overlap the one before it. There is a
 * type and a comparison for each number of words, small enough to be compiled into whoever calls it, where nothing is
 * left of a constant literal but comparisons with constants. Words of ASCII, taken for doubles, are equal only where
 * their bits are: none is a zero or no number.
 */

const { view } = window

interface Ends {
  readonly length: number
  /** Where the last word begins. */
  readonly last: number
  readonly first: number
  readonly final: number
}

/** 4 to 8 characters, in two words of 4 bytes. */
export interface Tiny extends Ends {
  readonly size: 'tiny'
}

/** 8 to 16 characters. */
export interface Short extends Ends {
  readonly size: 'short'
}

/** 16 to 24 characters. */
export interface Medium extends Ends {
  readonly size: 'medium'
  readonly second: number
}

/** 24 to 32 characters. */
export interface Long extends Ends {
  readonly size: 'long'
  readonly second: number
  readonly third: number
}

export type Literal = Tiny | Short | Medium | Long

const tiny = (text: string): Tiny => {
  const words = wordsOf(text, 4, 8)
  const last = text.length - 4
  const [first, final] = [words.getInt32(0, true), words.getInt32(last, true)]
  return Object.freeze({ size: 'tiny', length: text.length, last, first, final })
}

const short = (text: string): Short => {
  const words = wordsOf(text, 8, 16)
  return Object.freeze({ size: 'short', ...ends(text, words) })
}

const medium = (text: string): Medium => {
  const words = wordsOf(text, 16, 24)
  return Object.freeze({ size: 'medium', ...ends(text, words), second: words.getFloat64(8, true) })
}

const long = (text: string): Long => {
  const words = wordsOf(text, 24, 32)
  const [second, third] = [words.getFloat64(8, true), words.getFloat64(16, true)]
  return Object.freeze({ size: 'long', ...ends(text, words), second, third })
}

const isTiny = (at: number, literal: Tiny): boolean => {
  return view.getInt32(at, true) === literal.first && view.getInt32(at + literal.last, true) === literal.final
}

const isShort = (at: number, literal: Short): boolean => {
  return view.getFloat64(at, true) === literal.first && view.getFloat64(at + literal.last, true) === literal.final
}

const isMedium = (at: number, literal: Medium): boolean => {
  return (
    view.getFloat64(at, true) === literal.first &&
    view.getFloat64(at + 8, true) === literal.second &&
    view.getFloat64(at + literal.last, true) === literal.final
  )
}

const isLong = (at: number, literal: Long): boolean => {
  return (
    view.getFloat64(at, true) === literal.first &&
    view.getFloat64(at + 8, true) === literal.second &&
    view.getFloat64(at + 16, true) === literal.third &&
    view.getFloat64(at + literal.last, true) === literal.final
  )
}

/** For where speed matters less. */
const isAt = (at: number, literal: Literal): boolean => {
  switch (literal.size) {
    case 'tiny':
      return isTiny(at, literal)
    case 'short':
      return isShort(at, literal)
    case 'medium':
      return isMedium(at, literal)
    case 'long':
      return isLong(at, literal)
  }
}

const ends = (text: string, words: DataView): Ends => {
  const last = text.length - 8
  return { length: text.length, last, first: words.getFloat64(0, true), final: words.getFloat64(last, true) }
}

const wordsOf = (text: string, min: number, max: number): DataView => {
  if (text.length < min || text.length > max) throw new RangeError(`${text} has not ${min} to ${max} characters`)
  return new DataView(Uint8Array.from(text, character => character.charCodeAt(0)).buffer)
}

export const literals = { tiny, short, medium, long, isTiny, isShort, isMedium, isLong, isAt }
