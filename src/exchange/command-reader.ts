import type { Command } from '../protocol/commands.ts'
import { commandSchema } from '../protocol/commands.ts'

/** A command, or the error that the text earns, with the id to answer under if it has one. */
export type Reading =
  | { readonly command: Command; readonly id: number | undefined }
  | { readonly error: number; readonly id: number | undefined }

/** What is missing has a code of its own; what is there and has the wrong type is all code 1. */
export function readCommand(text: string): Reading {
  const json = parse(text)
  if (!isRecord(json)) return { error: 1, id: undefined }
  const id = idOf(json)
  const error = whatIsMissing(json)
  if (error !== undefined) return { error, id }
  const parsed = commandSchema.safeParse(json)
  return parsed.success ? { command: parsed.data, id } : { error: 1, id }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An id of 0 means that there is none (section 4). */
function idOf({ id }: Readonly<Record<string, unknown>>): number | undefined {
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : undefined
}

function whatIsMissing({ cmd, params }: Readonly<Record<string, unknown>>): number | undefined {
  if (cmd !== undefined && typeof cmd !== 'string') return 1
  if (cmd === 'list_subscriptions') return undefined
  if (cmd !== 'subscribe' && cmd !== 'unsubscribe' && cmd !== 'update_subscription') return 5
  if (params === undefined || params === null) return 2
  if (!isRecord(params)) return 1
  switch (cmd) {
    case 'subscribe':
      return isMissing(params['channels']) ? 3 : undefined
    case 'unsubscribe':
      return isMissing(params['sids']) ? 4 : undefined
    case 'update_subscription':
      if (!hasOneSid(params)) return 12
      return isMissing(params['action']) ? 15 : undefined
  }
}

function hasOneSid({ sid, sids }: Readonly<Record<string, unknown>>): boolean {
  if (sid === undefined) return Array.isArray(sids) && sids.length === 1
  return sids === undefined
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
