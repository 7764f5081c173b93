import type Database from 'libsql'
import type { Irregularity } from '../../market/irregularity.ts'
import type { Message } from '../../protocol/messages.ts'
import type { FrameIdentity } from './frame-identity.ts'
import { RowBuffer } from './row-buffer.ts'

const COLUMNS = ['received_at', 'connection', 'checksum', 'kind', 'sid', 'frames_lost', 'reason']

type Gap = Extract<Irregularity, { type: 'gap' }>

/** When frames were lost, so that nobody takes a silence for a quiet market. */
export class InterruptionRows {
  readonly rows: RowBuffer
  /** Found in the frame that is yet to be told of. */
  #gap: Gap | undefined

  constructor(database: Database.Database) {
    this.rows = new RowBuffer(database, 'interruptions', COLUMNS)
  }

  irregular(irregularity: Irregularity): void {
    if (irregularity.type === 'gap') this.#gap = irregularity
  }

  /** Whether the frame in hand gives a row. */
  isDue({ type }: Message): boolean {
    return this.#gap !== undefined || type === 'connection_closed' || type === 'connection_failed'
  }

  add(message: Message, { receivedAt, connection, checksum }: FrameIdentity): void {
    const gap = this.#gap
    this.#gap = undefined
    if (gap !== undefined) {
      this.rows.add(receivedAt, connection, checksum, 'gap', gap.sid, gap.received - gap.expected, null)
    } else if (message.type === 'connection_closed' || message.type === 'connection_failed') {
      const kind = message.type === 'connection_closed' ? 'closed' : 'failed'
      this.rows.add(receivedAt, connection, checksum, kind, null, null, message.reason)
    }
  }
}
