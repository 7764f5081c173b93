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

/** What anything that can be thrown says, in one line. Never throws itself. */
export function reasonOf(thrown: unknown): string {
  const message = messageOf(thrown)
  return oneLine(message === '' ? textOf(thrown) : message)
}

/** Any value as text, one without a text of its own included. */
export function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return 'a value without text'
  }
}

/** Joins the lines of a text: errors and log entries are one line, whoever wrote their messages. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*[\r\n]+\s*/g, ' ')
}

/** Some libraries throw plain objects, which have a message but are no errors. */
function messageOf(thrown: unknown): string {
  try {
    if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) return ''
    return typeof thrown.message === 'string' ? thrown.message : ''
  } catch {
    return ''
  }
}
