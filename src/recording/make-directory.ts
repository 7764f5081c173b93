import { mkdir, readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KwsError } from '../core/errors.ts'

/** Makes the directory of a new recording; it may exist only if it is empty. */
export async function claimDirectory(directory: string): Promise<void> {
  await makeDirectory(directory)
  if ((await readdir(directory)).length > 0) {
    throw new KwsError('storage', `${directory} is not empty; give a directory that is new or empty`)
  }
}

/**
 * Makes a directory and those above it that are missing; does nothing where there is one. Node's own way never comes
 * back where a system says of a directory in one that exists that it does not, as /proc does.
 */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    if (codeOf(error) !== 'ENOENT' || dirname(directory) === directory) throw error
    await makeDirectory(dirname(directory))
    await mkdir(directory).catch((again: unknown) => {
      if (codeOf(again) !== 'EEXIST') throw again
    })
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
