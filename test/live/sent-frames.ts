import { Faults } from '../../src/exchange/faults/faults.ts'
import type { FaultsOptions } from '../../src/exchange/faults/faults.ts'
import type { Link } from '../../src/exchange/faults/link.ts'

type Log = FaultsOptions['log']

/** By the number of the connection. */
export type SentFrames = ReadonlyMap<number, SentOnConnection>

/** What a session has sent, before any fault was done to it. */
interface SentOnConnection {
  readonly frames: string[]
  /** How many frames there were when a fault ended the connection: what came after it went nowhere. */
  endedAt: number | undefined
}

const listeners = new WeakMap<Log, Map<number, SentOnConnection>>()
const create = Faults.create.bind(Faults)

/**
 * From now on the exchange that is given this fault log, and at least one fault, tells every frame that one of its
 * sessions sends.
 */
export function listen(log: Log): SentFrames {
  const sent = new Map<number, SentOnConnection>()
  listeners.set(log, sent)
  return sent
}

Faults.create = options => {
  const sent = listeners.get(options.log)
  if (sent === undefined) return create(options)
  const log: Log = entry => {
    const of = sent.get(entry.connection ?? -1)
    if (of !== undefined && (entry.fault === 'drop' || entry.fault === 'close')) of.endedAt ??= of.frames.length
    options.log(entry)
  }
  const faults = create({ ...options, log })
  const wrap = faults.wrap.bind(faults)
  faults.wrap = (link, connection, session, closed) => {
    const frames: string[] = []
    sent.set(connection, { frames, endedAt: undefined })
    return tapped(wrap(link, connection, session, closed), frames)
  }
  return faults
}

function tapped(link: Link, frames: string[]): Link {
  return {
    send: frame => {
      frames.push(frame)
      link.send(frame)
    },
    ping: body => link.ping(body),
    pong: body => link.pong(body),
    close: (code, reason) => link.close(code, reason),
    terminate: () => link.terminate()
  }
}
