import type { SequenceEnd } from '../../core/decoded-columns.ts'
import type { Message } from '../messages.ts'

/** Where every sequence stands, to note of each frame how its `seq` follows. */
export class SequenceNotes {
  readonly #lasts = new Map<number, Map<number, number>>()

  /** The last `seq` before that of this message; undefined where there was none. Must see every message, in order. */
  lastBefore(connection: number, { type, sid, seq }: Message): number | undefined {
    // A connection begins its sequences anew: the tracker forgets them by the same frames.
    if (type === 'connection_closed' || type === 'connection_failed') this.#lasts.delete(connection)
    if (sid === null || seq === null) return undefined
    let lasts = this.#lasts.get(connection)
    if (lasts === undefined) this.#lasts.set(connection, (lasts = new Map()))
    const last = lasts.get(sid)
    // One that was used already is a duplicate, which changes nothing.
    if (last === undefined || seq > last) lasts.set(sid, seq)
    return last
  }

  ends(): SequenceEnd[] {
    return [...this.#lasts].flatMap(([connection, lasts]) =>
      Array.from(lasts, ([sid, last]) => ({ connection, sid, last }))
    )
  }
}
