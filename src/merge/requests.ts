import type { Nanoseconds } from '../core/time.ts'
import type { Message } from '../protocol/messages.ts'

interface Connection {
  readonly openedAt: Nanoseconds
  readonly askedAt: Map<number, Nanoseconds>
}

/** When a recorder asked for what it got: a snapshot holds all that was sent before that. */
export class Requests {
  readonly #connections = new Map<number, Connection>()

  /** To be called with each frame. */
  note(message: Message, connection: number, at: Nanoseconds): void {
    if (message.type === 'connection_opened') this.#connections.set(connection, { openedAt: at, askedAt: new Map() })
    if (message.type !== 'command' || message.command.cmd !== 'update_subscription') return
    const { id } = message.command
    if (id !== undefined) this.#connections.get(connection)?.askedAt.set(id, at)
  }

  /** Undefined where it was not recorded. */
  askedAt(connection: number, id: number | null): Nanoseconds | undefined {
    const { openedAt, askedAt } = this.#connections.get(connection) ?? {}
    return (id === null ? undefined : askedAt?.get(id)) ?? openedAt
  }
}
