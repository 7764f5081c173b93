import type { SeededRandom } from '../seeded-random.ts'
import type { ArmedFault } from './armed-fault.ts'
import type { DelayLine } from './delay-line.ts'
import { ExchangedNeighbours } from './exchanged-neighbours.ts'
import type { Note } from './fault-entry.ts'
import type { ConnectionFault, FaultName, FaultSpec } from './fault-spec.ts'
import { hugeFrame, MALFORMED_FRAME, UNKNOWN_FRAME } from './invented-frames.ts'
import { LateReplies } from './late-replies.ts'
import type { FaultTarget } from './link.ts'
import type { Silence } from './silence.ts'
import { SuddenFault } from './sudden-fault.ts'
import { Tampering } from './tampering.ts'
import { Trigger } from './trigger.ts'
import type { WrongClock } from './wrong-clock.ts'

/** What faults act on. */
export interface Wiring {
  readonly session: FaultTarget
  readonly wrongClock: WrongClock
  readonly delayLine: DelayLine
  readonly silence: Silence
  readonly note: Note
  /** Closes with a code; without one, cuts the connection. */
  readonly hangUp: (code: number | undefined) => void
}

/** Makes a fault ready on a connection. */
export function armFault(
  { fault, when }: FaultSpec<ConnectionFault>,
  random: SeededRandom,
  wiring: Wiring
): ArmedFault {
  const { wrongClock, delayLine, silence, note } = wiring
  const trigger = new Trigger(when, random)
  const sudden = (act: () => void): ArmedFault => new SuddenFault(trigger, act)
  switch (fault.name) {
    case 'skip-seq':
    case 'repeat-seq':
    case 'cut':
    case 'unknown-field':
    case 'wrong-sid':
      return new Tampering(fault.name, trigger, random, note)
    case 'reorder-seq':
      return new ExchangedNeighbours(trigger, note)
    case 'late-ack':
      return new LateReplies(fault.dataFrames, trigger, note)
    case 'drop':
      return sudden(() => hangUp(fault.name, undefined, wiring))
    case 'close':
      return sudden(() => hangUp(fault.name, fault.code, wiring))
    case 'error':
      return sudden(() => fail(fault.code, wiring))
    case 'silent':
      return sudden(() => silence.begin(fault.forMilliseconds))
    case 'delay':
      return sudden(() => delayLine.beginDelay(fault.milliseconds, fault.forMilliseconds))
    case 'burst':
      return sudden(() => delayLine.beginBurst(fault.forMilliseconds))
    case 'wrong-clock':
      return sudden(() => wrongClock.begin(fault.milliseconds, fault.forMilliseconds))
    case 'malformed':
      return sudden(() => invent(fault.name, MALFORMED_FRAME, wiring))
    case 'unknown-type':
      return sudden(() => invent(fault.name, UNKNOWN_FRAME, wiring))
    case 'huge':
      return sudden(() => invent(fault.name, hugeFrame(fault.bytes), wiring))
  }
}

function hangUp(name: FaultName, code: number | undefined, { note, hangUp }: Wiring): void {
  note(name, { code })
  hangUp(code)
}

/** The frame that it comes after may be one of several that the session is about to number and send. */
function fail(code: number, { session, note }: Wiring): void {
  note('error', { code })
  queueMicrotask(() => session.fail(code))
}

function invent(name: FaultName, frame: string, { delayLine, note }: Wiring): void {
  note(name, { bytes: frame.length })
  delayLine.send(frame)
}
