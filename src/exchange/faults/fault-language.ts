import { KwsError } from '../../core/errors.ts'
import { formatDuration, parseDuration } from './amounts.ts'
import { formatForm, formOf, FORMS } from './fault-forms.ts'
import type { FaultSpec, When } from './fault-spec.ts'

/**
 * Reads `FAULT[=VALUE[,VALUE]][#CONNECTION][WHEN]`, where WHEN is `@5s` after connecting, `@start+5s` after the start
 * of the exchange, ` every 10s`, or `:0.001` for a probability per frame. Without it the fault is done at once.
 */
export function parseFault(text: string): FaultSpec {
  const { name = '', values, connection, when = '' } = SENTENCE.exec(text)?.groups ?? {}
  const form = formOf(name)
  if (form === undefined) throw unreadable(text, `write one of ${Object.keys(FORMS).join(', ')}`)
  const fault = form.read(values === undefined ? [] : values.split(','))
  if (fault === undefined) throw unreadable(text, `write ${form.usage}`)
  const number = connection === undefined ? undefined : Number(connection)
  const parsed = parseWhen(when)
  if (parsed === undefined) throw unreadable(text, `end with ${WHEN_USAGE}`)
  if (name === 'refuse' && (number !== undefined || (parsed.kind !== 'now' && parsed.kind !== 'chance'))) {
    throw unreadable(text, 'an upgrade is refused always or with a probability, such as refuse=503:0.5')
  }
  return { fault, connection: number, when: parsed }
}

/** The text that `parseFault` reads as this. */
export function formatFault({ fault, connection, when }: FaultSpec): string {
  return formatForm(fault) + (connection === undefined ? '' : `#${connection}`) + formatWhen(when)
}

/** What `--fault` takes, a line each. */
export function faultHelp(): string {
  const width = Math.max(...Object.values(FORMS).map(({ usage }) => usage.length))
  const lines = Object.values(FORMS).map(({ usage, meaning }) => `  ${usage.padEnd(width)}  ${meaning}`)
  return ['Faults (--fault FAULT[#CONNECTION][WHEN], may be repeated):', ...lines, ...WHEN_HELP].join('\n')
}

const SENTENCE = /^(?<name>[a-z-]+)(?:=(?<values>[^@:# ]+))?(?:#(?<connection>\d{1,9}))?(?<when>[@: ].*)?$/
const WHEN_USAGE = 'nothing, @5s, @start+5s, " every 10s" or a probability such as :0.001'
const WHEN_HELP = [
  'WHEN: @5s after connecting, @start+5s after the start, " every 10s", or :0.001 a probability per frame;',
  '      without it, at once. Durations are 200ms, 5s, 2m; #CONNECTION counts clients from 0.'
]

function parseWhen(text: string): When | undefined {
  if (text === '') return { kind: 'now' }
  if (text.startsWith(':')) {
    const probability = /^:\d+(\.\d+)?(e-\d+)?$/.test(text) ? Number(text.slice(1)) : 0
    return probability > 0 && probability <= 1 ? { kind: 'chance', probability } : undefined
  }
  const [, start, duration = ''] = /^(@start\+|@| every )(.+)$/.exec(text) ?? []
  const milliseconds = parseDuration(duration)
  if (milliseconds === undefined) return undefined
  if (start === ' every ') return { kind: 'every', milliseconds }
  return { kind: 'once', since: start === '@' ? 'connect' : 'start', milliseconds }
}

function formatWhen(when: When): string {
  switch (when.kind) {
    case 'now':
      return ''
    case 'once':
      return `@${when.since === 'start' ? 'start+' : ''}${formatDuration(when.milliseconds)}`
    case 'every':
      return ` every ${formatDuration(when.milliseconds)}`
    case 'chance':
      return `:${when.probability}`
  }
}

function unreadable(text: string, remedy: string): KwsError {
  return new KwsError('usage', `cannot read the fault "${text}": ${remedy}`)
}
