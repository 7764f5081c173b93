import { KwsError, reasonOf } from '../core/errors.ts'

/**
 * Failures that come out of no call of ours: standard output cannot be written, or a scanner threw in a timer or a
 * promise of its own. Whoever runs something that must end in order takes them; otherwise they end the process.
 */

/** Whoever read standard output has seen enough (`kws replay --json | head`), which is no error. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone'
}

type Listener = (failure: unknown) => void

const EXIT_FAILED = 1
let listener: Listener | undefined
let hasFailed = false

/** To be called once, before anything is written. */
export function watchOutput(): void {
  process.stdout.on('error', error => take(outputFailure(error)))
  // Nobody is left to be told.
  process.stderr.on('error', () => undefined)
}

/** To be called before code of the user's runs: what it throws outside our calls is its failure and not a bug of ours. */
export function watchUserCode(): void {
  if (process.listenerCount('uncaughtException') > 0) return
  process.on('uncaughtException', failure => take(userFailure(failure)))
  process.on('unhandledRejection', failure => take(userFailure(failure)))
}

/** Hands stray failures to a listener. Returns what takes it away. */
export function onStrayFailure(taker: Listener): () => void {
  listener = taker
  return () => {
    listener = undefined
  }
}

/** Ends the process if there was a stray failure: what caused it may go on for ever. */
export function endIfStray(code: number): void {
  // oxlint-disable-next-line no-restricted-properties -- a timer that is not ours keeps the process alive
  if (hasFailed) process.exit(code)
}

/** One failure ends the work; those that follow while it ends are consequences. */
function take(failure: Error): void {
  const isFirst = !hasFailed
  hasFailed = true
  if (listener !== undefined) listener(failure)
  else if (isFirst) endNow(failure)
}

function outputFailure(error: NodeJS.ErrnoException): Error {
  if (error.code === 'EPIPE') return new ReaderGone('nobody reads standard output', { cause: error })
  return new KwsError('storage', `cannot write to standard output: ${reasonOf(error)}`, { cause: error })
}

function userFailure(thrown: unknown): Error {
  if (thrown instanceof KwsError) return thrown
  const where = 'outside onMessage, onTimer and rank, in a timer or a promise of its own'
  return new KwsError('scanner', `a scanner failed ${where}: ${reasonOf(thrown)}`, { cause: thrown })
}

function endNow(failure: Error): never {
  const isGone = failure instanceof ReaderGone
  if (!isGone) process.stderr.write(`kws: ${failure.message}\n`)
  // oxlint-disable-next-line no-restricted-properties -- what still runs would only produce more that nobody reads
  process.exit(isGone ? 0 : EXIT_FAILED)
}
