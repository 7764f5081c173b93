import { numbers } from './numbers.ts'
import { plain } from './plain.ts'
import { window } from './window.ts'

const { cursor } = numbers
const { isPlain, QUOTE } = plain
const { view } = window

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
  return view.getUint8(cursor.at)
}

export function skipSpace(): void {
  for (;;) {
    const byte = view.getUint8(cursor.at)
    if (byte !== SPACE && byte !== NEWLINE && byte !== RETURN && byte !== TAB) return
    cursor.at++
  }
}

/** Over a byte, and the white space behind it. */
export function skipByte(byte: number): boolean {
  if (view.getUint8(cursor.at) !== byte) return false
  cursor.at++
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
  if (view.getUint8(cursor.at) !== close) return undefined
  cursor.at++
  return false
}

export function skipValue(depth = 0): boolean {
  switch (view.getUint8(cursor.at)) {
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
  cursor.at++
  skipSpace()
  if (view.getUint8(cursor.at) === CLOSE_OBJECT) return skipOne()
  for (;;) {
    if (view.getUint8(cursor.at) !== QUOTE || !skipText() || !skipColon() || !skipValue(depth)) return false
    const next = hasNext(CLOSE_OBJECT)
    if (next !== true) return next === false
  }
}

function skipList(depth: number): boolean {
  cursor.at++
  skipSpace()
  if (view.getUint8(cursor.at) === CLOSE_LIST) return skipOne()
  for (;;) {
    if (!skipValue(depth)) return false
    const next = hasNext(CLOSE_LIST)
    if (next !== true) return next === false
  }
}

function skipOne(): boolean {
  cursor.at++
  return true
}

/** A text without escapes, all ASCII. */
export function skipPlainText(): boolean {
  if (view.getUint8(cursor.at) !== QUOTE) return false
  cursor.at++
  while (isPlain(cursor.at, 1)) cursor.at++
  return view.getUint8(cursor.at) === QUOTE && skipOne()
}

/** Bytes beyond ASCII may be of no character: decoding would replace them by one that is good in a string. */
function skipText(): boolean {
  for (cursor.at++; ; cursor.at++) {
    const byte = view.getUint8(cursor.at)
    if (byte === QUOTE) return skipOne()
    if (byte < SPACE) return false
    if (byte === BACKSLASH && !skipEscape()) return false
  }
}

const ESCAPES = new Set(Buffer.from('"\\/bfnrt'))

/** Leaves the cursor at the last byte of it. */
function skipEscape(): boolean {
  const byte = view.getUint8(++cursor.at)
  if (byte !== U) return ESCAPES.has(byte)
  for (let digits = 0; digits < 4; digits++) {
    const digit = view.getUint8(++cursor.at)
    const letter = digit | LOWER_CASE
    if (!isDigit(digit) && (letter < 0x61 || letter > 0x66)) return false
  }
  return true
}

function skipNumber(): boolean {
  if (view.getUint8(cursor.at) === MINUS) cursor.at++
  const from = cursor.at
  if (!skipDigits() || (view.getUint8(from) === ZERO && cursor.at > from + 1)) return false
  if (view.getUint8(cursor.at) === POINT) {
    cursor.at++
    if (!skipDigits()) return false
  }
  if ((view.getUint8(cursor.at) | LOWER_CASE) !== E) return true
  const sign = view.getUint8(++cursor.at)
  if (sign === PLUS || sign === MINUS) cursor.at++
  return skipDigits()
}

function skipDigits(): boolean {
  const from = cursor.at
  while (isDigit(view.getUint8(cursor.at))) cursor.at++
  return cursor.at > from
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9
}

export function skipWord(word: string): boolean {
  for (let at = 0; at < word.length; at++, cursor.at++) {
    if (view.getUint8(cursor.at) !== word.charCodeAt(at)) return false
  }
  return true
}
