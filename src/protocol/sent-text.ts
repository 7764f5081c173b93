import { commandSchema } from './commands.ts'
import { malformed, NO_ENVELOPE, unknown } from './irregular.ts'
import { parseObject } from './json.ts'
import type { Message } from './messages.ts'
import { describeIssue } from './schemas/reader.ts'

const KNOWN: ReadonlySet<unknown> = new Set(['subscribe', 'unsubscribe', 'update_subscription', 'list_subscriptions'])

/** A text frame of the client: a command. */
export function readSentText(text: string): Message {
  const frame = parseObject(text)
  if (typeof frame === 'string') return malformed(undefined, frame)
  const { cmd } = frame
  if (typeof cmd === 'string' && !KNOWN.has(cmd))
    return unknown(frame, cmd, 'the command is not in the protocol reference')
  const result = commandSchema.safeParse(frame)
  if (!result.success) return malformed(frame, describeIssue(result.error))
  return { type: 'command', command: result.data, ...NO_ENVELOPE, id: result.data.id ?? null }
}
