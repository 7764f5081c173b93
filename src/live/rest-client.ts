import type { Clock } from '../core/clock.ts'
import { KwsError, reasonOf } from '../core/errors.ts'
import { backoff } from './backoff.ts'
import { retryAfterSeconds } from './connect-failure.ts'

export interface RestClientOptions {
  /** Such as `https://external-api.kalshi.com/trade-api/v2`. */
  readonly url: string
  readonly clock: Clock
  /** The budget of the exchange's lowest tier (protocol reference, section 14). Default: 20. */
  readonly requestsPerSecond?: number
  /** Takes a request and the body of its response, in this order, before anything is done with them. */
  readonly record: (request: string, body: string) => void
  /** From 0 up to 1, for the jitter of the backoff. Default: the system's randomness. */
  readonly random?: () => number
}

const SECONDS_MAX = 10
const TRIES_MAX = 6

/**
 * Reads from the REST endpoints, one request after the other, at the pace that the exchange allows. Market data need no
 * signature, so none is sent.
 */
export class RestClient {
  readonly #options: RestClientOptions
  readonly #interval: bigint
  #next = 0n

  constructor(options: RestClientOptions) {
    this.#options = options
    this.#interval = BigInt(Math.round(1e9 / (options.requestsPerSecond ?? 20)))
  }

  /**
   * Reads all pages of `GET /markets` with these parameters. Throws a `KwsError` when the exchange refuses, or cannot be
   * reached after several tries.
   */
  async readMarkets(parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    let cursor = ''
    do {
      const query = new URLSearchParams({ limit: '1000', ...parameters, ...(cursor === '' ? {} : { cursor }) })
      cursor = cursorOf(await this.get(`/markets?${query.toString()}`, signal))
    } while (cursor !== '' && !signal.aborted)
  }

  /** The body of a response with status 200, which may take so long each time that it is asked for. */
  async get(path: string, signal: AbortSignal, secondsMax = SECONDS_MAX): Promise<string> {
    const { url, clock, random, record } = this.#options
    for (let attempt = 0; ; attempt++) {
      await this.#turn(signal)
      const answer = await ask(`${url}${path}`, signal, secondsMax)
      if ('body' in answer) {
        record(`GET ${new URL(url).pathname}${path}`, answer.body)
        return answer.body
      }
      if (!answer.passes || attempt + 1 === TRIES_MAX || signal.aborted) {
        throw new KwsError('connection', `${url}${path} ${answer.reason}`)
      }
      await clock.sleep(1000 * (answer.leastSeconds ?? 0) + backoff(attempt, random), signal)
    }
  }

  /** Waits until the budget has room for one more request. */
  async #turn(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    const now = clock.monotonic()
    const at = this.#next > now ? this.#next : now
    this.#next = at + this.#interval
    if (at > now) await clock.sleep(Number(at - now) / 1e6, signal)
  }
}

type Answer =
  | { readonly body: string }
  | { readonly reason: string; readonly passes: boolean; readonly leastSeconds: number | undefined }

async function ask(url: string, signal: AbortSignal, secondsMax: number): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(secondsMax * 1000)]) })
    const body = await response.text()
    if (response.ok) return { body }
    const leastSeconds = retryAfterSeconds(response.headers.get('retry-after') ?? undefined)
    const passes = response.status === 429 || response.status >= 500
    return { reason: `answered with HTTP ${response.status}`, passes, leastSeconds }
  } catch (error) {
    return { reason: `cannot be read: ${causeOf(error)}`, passes: true, leastSeconds: undefined }
  }
}

/** `fetch` says no more than that it failed; the cause says why. */
function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? reasonOf(error.cause) : reasonOf(error)
}

function cursorOf(body: string): string {
  try {
    const page: unknown = JSON.parse(body)
    const cursor: unknown = Reflect.get(Object(page), 'cursor')
    return typeof cursor === 'string' ? cursor : ''
  } catch {
    return ''
  }
}
