import { reasonOf } from '../core/errors.ts'
import type { Microseconds } from '../core/time.ts'
import type { Irregularity } from '../market/irregularity.ts'
import type { ChannelMessage } from '../protocol/channel-messages.ts'
import type { LiveEvent } from './live-event.ts'

/** A callback that threw, or whose promise was rejected. */
export interface CallbackFailure extends Occasion {
  readonly callback: 'onUpdate' | 'onEvent' | 'onIrregularity'
  /** What it was given. */
  readonly argument: ChannelMessage | LiveEvent | Irregularity
  readonly error: unknown
}

/** The frame in hand when it was called. */
interface Occasion {
  /** Counts the frames from 1. */
  readonly frame: number
  /** Its receive time. */
  readonly time: Microseconds
}

export interface CallbacksOptions {
  readonly occasion: () => Occasion
  readonly onError: ((failure: CallbackFailure) => unknown) | undefined
  /** `onError` has thrown. */
  readonly end: () => void
}

const WARNINGS_MAX = 5

/** Calls what a user has written: whatever it does, the next one is called too, and the failure is told. */
export class Callbacks {
  readonly #options: CallbacksOptions
  #failures = 0
  #thrown: { readonly error: unknown } | undefined

  constructor(options: CallbacksOptions) {
    this.#options = options
  }

  /** How often one threw. */
  get failures(): number {
    return this.#failures
  }

  /** Throws what `onError` threw first, if it did. */
  rethrow(): void {
    if (this.#thrown !== undefined) throw this.#thrown.error
  }

  /** Calls it, if there is one. A promise that it returns is not waited for. */
  call<Argument extends CallbackFailure['argument']>(
    name: CallbackFailure['callback'],
    callback: ((argument: Argument) => unknown) | undefined,
    argument: Argument
  ): void {
    if (callback === undefined) return
    try {
      const returned = callback(argument)
      if (!(returned instanceof Promise)) return
      const occasion = this.#options.occasion()
      returned.catch((error: unknown) => this.#fail({ callback: name, argument, ...occasion, error }))
    } catch (error) {
      this.#fail({ callback: name, argument, ...this.#options.occasion(), error })
    }
  }

  #fail(failure: CallbackFailure): void {
    this.#failures++
    const { onError, end } = this.#options
    if (onError === undefined) {
      if (this.#failures <= WARNINGS_MAX) process.emitWarning(describeFailure(failure), 'KwsWarning')
      return
    }
    try {
      onError(failure)
    } catch (error) {
      this.#thrown ??= { error }
      end()
    }
  }
}

function describeFailure({ callback, argument, frame, error }: CallbackFailure): string {
  const market = 'marketTicker' in argument && argument.marketTicker !== null ? ` of ${argument.marketTicker}` : ''
  return `${callback} threw at frame ${frame} (${argument.type}${market}): ${reasonOf(error)}`
}
