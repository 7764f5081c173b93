const SLOTS = 4096
const ASCII_MAX = 0x7f

/**
 * Texts that come again and again in the bytes of frames, such as tickers: they are compared instead of decoded anew,
 * which costs a third, and looking up the same string again costs less, since its hash is known.
 */
export class KnownTexts {
  readonly #slots: (string | undefined)[] = Array.from({ length: SLOTS })

  /** What stands between the quotes; escapes stay as they are. */
  read(bytes: Buffer, start: number, end: number): string {
    let hash = end - start
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    const known = this.#slots[slot]
    if (known !== undefined && isText(known, bytes, start, end)) return known
    const text = bytes.toString('utf8', start, end)
    this.#slots[slot] = text
    return text
  }
}

/** True of texts in ASCII alone: of others, characters may equal bytes that mean something else. */
function isText(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code !== bytes[start + at] || code > ASCII_MAX) return false
  }
  return true
}
