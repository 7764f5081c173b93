import { crc32 } from 'node:zlib'

/** The CRC-32 of bytes as they are appended, also of such whose own CRC-32 is known already, which need not be read again. */
export class RunningChecksum {
  #value = 0

  /** As `crc32:0a1b2c3d`: any program that computes CRC-32 can check it. */
  get digest(): string {
    return `crc32:${this.#value.toString(16).padStart(8, '0')}`
  }

  append(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value)
  }

  appendKnown(checksum: number, length: number): void {
    this.#value = (multiply(powerOfX(length * 8), this.#value) ^ checksum) >>> 0
  }
}

/**
 * A CRC is a remainder of polynomials over GF(2), the highest power in the lowest bit. To append so many bits is to
 * multiply by that power of x.
 */
const POLYNOMIAL = 0xedb88320
const ONE = 0x80000000

function multiply(a: number, b: number): number {
  let product = 0
  let shifted = b
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL
  }
  return product
}

/** x to the power of an exponent that may exceed 32 bits. */
function powerOfX(exponent: number): number {
  let power = ONE
  let square = ONE >>> 1
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiply(square, power)
    square = multiply(square, square)
  }
  return power
}
