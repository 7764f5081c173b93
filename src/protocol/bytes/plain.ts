import { window } from './window.ts'

const { view } = window

const FIRST_PRINTABLE = 0x20
const LAST_ASCII = 0x7e
const QUOTE = 0x22
/** Of a UUID, which is what the exchange's ids are. */
const ID_LENGTH = 36
const BACKSLASH = 0x5c

/** Whether these bytes are ASCII that stands for itself in a string of JSON. */
const isPlain = (from: number, length: number): boolean => {
  for (let at = from; at < from + length; at++) {
    const byte = view.getUint8(at)
    if (byte < FIRST_PRINTABLE || byte > LAST_ASCII || byte === QUOTE || byte === BACKSLASH) return false
  }
  return true
}

export const plain = { QUOTE, ID_LENGTH, isPlain }
