/**
 * What a broken request or environment is called, and with which code the process ends because of it:
 * `usage` a wrong command line (2), `damaged` a file that is not what it should be (3), all others (1).
 */
export type KwsErrorCode = 'usage' | 'damaged' | 'not_found' | 'credentials' | 'connection' | 'storage' | 'scanner'

/**
 * A broken request or environment, in one line that says what, where and what to do. Irregular data are never thrown
 * but are values; any other exception is a bug and keeps its stack.
 */
export class KwsError extends Error {
  override readonly name = 'KwsError'
  readonly code: KwsErrorCode

  constructor(code: KwsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The message of anything that can be thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
