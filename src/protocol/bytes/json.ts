import { cursor } from './numbers.ts'
import { isPlain, QUOTE } from './plain.ts'
import { view as window } from './window.ts'

const view = window
const place = cursor

/**
 * Moves over JSON, of which every byte is looked at. False means that it is none, or that it is not worth being clever
 * about; then where the cursor is means nothing.
 */

const TAB = 0x09
const NEWLINE = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
export const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const PLUS = 0x2b
const ZERO = 0x30
const COLON = 0x3a
const BACKSLASH = 0x5c
export const OPEN_LIST = 0x5b
export const CLOSE_LIST = 0x5d
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
const LOWER_CASE = 0x20
const E = 0x65
const U = 0x75
/** Of objects and lists in one another. */
const DEPTH_MAX = 16

/** The byte at the cursor. */
export function byteHere(): number {
  return view.getUint8(place.at)
}

export function skipSpace(): void {
  for (;;) {
    const byte = view.getUint8(place.at)
    if (byte !== SPACE && byte !== NEWLINE && byte !== RETURN && byte !== TAB) return
    place.at++
  }
}

/** Over a byte, and the white space behind it. */
export function skipByte(byte: number): boolean {
  if (view.getUint8(place.at) !== byte) return false
  place.at++
  skipSpace()
  return true
}

export function skipColon(): boolean {
  skipSpace()
  return skipByte(COLON)
}

/** After an element of an object or a list: whether another follows; undefined where neither that nor the end does. */
export function hasNext(close: number): boolean | undefined {
  skipSpace()
  if (skipByte(COMMA)) return true
  if (view.getUint8(place.at) !== close) return undefined
  place.at++
  return false
}

export function skipValue(depth = 0): boolean {
  switch (view.getUint8(place.at)) {
    case QUOTE:
      return skipText()
    case OPEN_OBJECT:
      return depth < DEPTH_MAX && skipObject(depth + 1)
    case OPEN_LIST:
      return depth < DEPTH_MAX && skipList(depth + 1)
    case 0x74:
      return skipWord('true')
    case 0x66:
      return skipWord('false')
    case 0x6e:
      return skipWord('null')
    default:
      return skipNumber()
  }
}

function skipObject(depth: number): boolean {
  place.at++
  skipSpace()
  if (view.getUint8(place.at) === CLOSE_OBJECT) return skipOne()
  for (;;) {
    if (view.getUint8(place.at) !== QUOTE || !skipText() || !skipColon() || !skipValue(depth)) return false
    const next = hasNext(CLOSE_OBJECT)
    if (next !== true) return next === false
  }
}

function skipList(depth: number): boolean {
  place.at++
  skipSpace()
  if (view.getUint8(place.at) === CLOSE_LIST) return skipOne()
  for (;;) {
    if (!skipValue(depth)) return false
    const next = hasNext(CLOSE_LIST)
    if (next !== true) return next === false
  }
}

function skipOne(): boolean {
  place.at++
  return true
}

/** A text without escapes, all ASCII. */
export function skipPlainText(): boolean {
  if (view.getUint8(place.at) !== QUOTE) return false
  place.at++
  while (isPlain(place.at, 1)) place.at++
  return view.getUint8(place.at) === QUOTE && skipOne()
}

/** Bytes beyond ASCII may be of no character: decoding would replace them by one that is good in a string. */
function skipText(): boolean {
  for (place.at++; ; place.at++) {
    const byte = view.getUint8(place.at)
    if (byte === QUOTE) return skipOne()
    if (byte < SPACE) return false
    if (byte === BACKSLASH && !skipEscape()) return false
  }
}

const ESCAPES = new Set([...'"\\/bfnrt'].map(character => character.charCodeAt(0)))

/** Leaves the cursor at the last byte of it. */
function skipEscape(): boolean {
  const byte = view.getUint8(++place.at)
  if (byte !== U) return ESCAPES.has(byte)
  for (let digits = 0; digits < 4; digits++) {
    const digit = view.getUint8(++place.at)
    const letter = digit | LOWER_CASE
    if (!isDigit(digit) && (letter < 0x61 || letter > 0x66)) return false
  }
  return true
}

function skipNumber(): boolean {
  if (view.getUint8(place.at) === MINUS) place.at++
  const from = place.at
  if (!skipDigits() || (view.getUint8(from) === ZERO && place.at > from + 1)) return false
  if (view.getUint8(place.at) === POINT) {
    place.at++
    if (!skipDigits()) return false
  }
  if ((view.getUint8(place.at) | LOWER_CASE) !== E) return true
  const sign = view.getUint8(++place.at)
  if (sign === PLUS || sign === MINUS) place.at++
  return skipDigits()
}

function skipDigits(): boolean {
  const from = place.at
  while (isDigit(view.getUint8(place.at))) place.at++
  return place.at > from
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9
}

export function skipWord(word: string): boolean {
  for (let at = 0; at < word.length; at++, place.at++) {
    if (view.getUint8(place.at) !== word.charCodeAt(at)) return false
  }
  return true
}
