import { styleText } from 'node:util'
import type { Logger } from 'pino'
import { pino } from 'pino'
import { oneLine } from '../core/errors.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Logs go to standard error, as lines for people or, with `json`, as pino writes them. */
export function createLog(level: LogLevel, json: boolean): Logger {
  const output = json ? process.stderr : { write: (line: string) => process.stderr.write(`${forPeople(line)}\n`) }
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, output)
}

/** `12:30:01 warn message key=value`. */
function forPeople(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
  const name = pino.levels.labels[Number(level)] ?? ''
  const details = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`
  )
  return [dim(String(time).slice(11, 19)), colour(name), String(msg), ...details].map(oneLine).join(' ')
}

function dim(text: string): string {
  return styled('dim', text)
}

function colour(level: string): string {
  if (level === 'warn') return styled('yellow', level)
  return level === 'error' ? styled('red', level) : level
}

function styled(style: 'dim' | 'yellow' | 'red', text: string): string {
  return wantsColour(process.stderr) ? styleText(style, text) : text
}

/** Colour on a terminal only, and never with `NO_COLOR`. */
function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && (process.env['NO_COLOR'] ?? '') === ''
}
