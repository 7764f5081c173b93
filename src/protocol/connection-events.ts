import { NO_ENVELOPE } from './irregular.ts'
import { type JsonObject, parseObject } from './json.ts'
import type { ConnectionClosed, ConnectionFailed, ConnectionOpened } from './messages/control.ts'

/**
 * The events of a connection. Their payloads are the recorder's, and those of a foreign capture may hold anything: that
 * the event took place is what matters, so nothing in a payload makes it malformed.
 */

/** `{"url":"wss://…"}` */
export function readConnectionOpened(payload: string): ConnectionOpened {
  return { type: 'connection_opened', url: stringOf(fieldsOf(payload)['url']), ...NO_ENVELOPE }
}

/** `{"code":1006,"reason":"…"}` */
export function readConnectionClosed(payload: string): ConnectionClosed {
  const { code, reason } = fieldsOf(payload)
  return {
    type: 'connection_closed',
    code: typeof code === 'number' && Number.isSafeInteger(code) ? code : null,
    reason: stringOf(reason) ?? '',
    ...NO_ENVELOPE
  }
}

/** `{"reason":"…"}` */
export function readConnectionFailed(payload: string): ConnectionFailed {
  return { type: 'connection_failed', reason: stringOf(fieldsOf(payload)['reason']) ?? '', ...NO_ENVELOPE }
}

function fieldsOf(payload: string): JsonObject {
  const fields = parseObject(payload)
  return typeof fields === 'string' ? {} : fields
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
