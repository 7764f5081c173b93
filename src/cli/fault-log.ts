import type { Logger } from 'pino'
import type { OnFault } from '../recording/segment-fault.ts'
import { isDamage } from '../recording/segment-fault.ts'
import { EXIT_DAMAGED } from './exit-code.ts'
import { describeFault } from './text.ts'

/** Logs what is wrong with a recording; where that is damage, the command ends with 3. */
export function warnOf(log: Logger): OnFault {
  return fault => {
    log.warn(describeFault(fault))
    if (isDamage(fault)) process.exitCode = EXIT_DAMAGED
  }
}
