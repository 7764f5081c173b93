import { randomInt } from 'node:crypto'

const BASE_MILLISECONDS = 500
const CAP_MILLISECONDS = 30_000

/**
 * How long to wait before an attempt, in milliseconds: exponential with full jitter, so that many clients which lost the
 * same exchange do not come back at the same moment.
 *
 * @param attempt Attempts in a row that came to nothing before this one, from 0.
 * @param random From 0 up to 1.
 */
export function backoff(attempt: number, random: () => number = systemRandom): number {
  return random() * Math.min(CAP_MILLISECONDS, BASE_MILLISECONDS * 2 ** Math.min(attempt, 16))
}

function systemRandom(): number {
  return randomInt(RANDOM_STEPS) / RANDOM_STEPS
}

const RANDOM_STEPS = 2 ** 32
