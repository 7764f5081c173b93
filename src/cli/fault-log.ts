import type { Logger } from 'pino'
import type { OnFault } from '../recording/segment-reader.ts'
import { describeFault } from './text.ts'

const EXIT_DAMAGED = 3

/** Logs what is wrong with a recording; where frames are left out because of it, the command ends with 3. */
export function warnOf(log: Logger): OnFault {
  return fault => {
    log.warn(describeFault(fault))
    if (fault.type === 'corrupt') process.exitCode = EXIT_DAMAGED
  }
}
