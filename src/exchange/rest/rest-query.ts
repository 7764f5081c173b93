import type { Microseconds } from '../../core/time.ts'
import { microseconds } from '../../core/time.ts'

/** A request that is answered with an error. Thrown and caught within these endpoints. */
export class RestFailure extends Error {
  override readonly name = 'RestFailure'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** The parameters of a request. An empty one counts as absent, as many clients send those they have no value for. */
export class RestQuery {
  readonly #parameters: URLSearchParams

  constructor(parameters: URLSearchParams) {
    this.#parameters = parameters
  }

  /** Opaque to clients: the ordinal that the next page goes on from. */
  static cursorAt(ordinal: number): string {
    return Buffer.from(`at:${ordinal}`).toString('base64url')
  }

  cursor(): number | undefined {
    const text = this.text('cursor')
    if (text === undefined) return undefined
    const ordinal = /^at:(\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString())?.[1]
    if (ordinal === undefined) throw wrong('cursor', 'is none that was given out')
    return Number(ordinal)
  }

  text(name: string): string | undefined {
    const text = this.#parameters.get(name)
    return text === null || text === '' ? undefined : text
  }

  /** Values between commas. */
  list(name: string): readonly string[] | undefined {
    return this.text(name)?.split(',')
  }

  flag(name: string): boolean {
    const text = this.text(name) ?? 'false'
    if (text !== 'true' && text !== 'false') throw wrong(name, 'must be true or false')
    return text === 'true'
  }

  integer(
    name: string,
    { from, to, otherwise }: { readonly from: number; readonly to: number; readonly otherwise: number }
  ): number {
    const text = this.text(name)
    if (text === undefined) return otherwise
    const value = /^\d{1,15}$/.test(text) ? Number(text) : -1
    if (value < from || value > to) throw wrong(name, `must be a whole number from ${from} to ${to}`)
    return value
  }

  /** Unix seconds, as a time. */
  seconds(name: string): Microseconds | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!/^\d{1,10}$/.test(text)) throw wrong(name, 'must be in Unix seconds')
    return microseconds(Number(text) * 1_000_000)
  }

  choice<Meaning>(name: string, meanings: Readonly<Record<string, Meaning>>): Meaning | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!Object.hasOwn(meanings, text)) throw wrong(name, `must be one of ${Object.keys(meanings).join(', ')}`)
    return meanings[text]
  }
}

function wrong(name: string, reason: string): RestFailure {
  return new RestFailure(400, 'invalid_parameters', `${name} ${reason}`)
}
