import { KwsError, reasonOf } from '../core/errors.ts'
import { isDiskFull } from './ballast.ts'

/** Errors of the system become ones that a person can act on; others are bugs and stay what they are. */
export function storageError(directory: string, error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error
  if ('code' in error && error.code === 'EEXIST') {
    return new KwsError('storage', `another recorder is at work in ${directory}; choose another directory with --out`, {
      cause: error
    })
  }
  const advice = isDiskFull(error) ? 'free some space or record on another disk' : 'choose another directory with --out'
  return new KwsError('storage', `cannot record into ${directory}: ${reasonOf(error)}; ${advice}`, { cause: error })
}

/** The outcome says how many frames are safe. */
export function diskFullError(outcome: string, cause: unknown): KwsError {
  return new KwsError('storage', `the disk is full: ${outcome}; free some space and record into a new directory`, {
    cause
  })
}
