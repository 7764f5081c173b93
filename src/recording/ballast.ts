import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = '.ballast'
const ZEROS = new Uint8Array(1024 * 1024)

/** Room on the disk that is held by a file, to be given back when the disk is full and something must still be written. */
export class Ballast {
  readonly #file: string

  private constructor(file: string) {
    this.#file = file
  }

  /** Really writes the bytes: a file that was only made long holds no room. */
  static async create(directory: string, bytes: number): Promise<Ballast> {
    const file = join(directory, NAME)
    const handle = await open(file, 'wx')
    try {
      for (let left = bytes; left > 0;) {
        const { bytesWritten } = await handle.write(ZEROS, 0, Math.min(left, ZEROS.length))
        left -= bytesWritten
      }
    } catch (error) {
      await rm(file, { force: true })
      throw error
    } finally {
      await handle.close()
    }
    return new Ballast(file)
  }

  async release(): Promise<void> {
    await rm(this.#file, { force: true })
  }
}

export function isDiskFull(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT')
}
