import { formatDuration, formatSize, parseDuration, parseSize, parseWhole } from './amounts.ts'
import type { Fault, FaultName, TamperingName } from './fault-spec.ts'

/** How a fault is written, without where and when it is done. */
export interface FaultForm {
  readonly usage: string
  readonly meaning: string
  /** Undefined if the values are not those of `usage`. */
  read(values: readonly string[]): Fault | undefined
}

/** Those that an endpoint may send. */
const CLOSE_CODE = /^(1000|1001|1002|1003|1007|1008|1009|101[0-4]|[34]\d{3})$/
/** A restart of the service, after which a client may come back. */
const USUAL_CLOSE_CODE = '1012'
const USUAL_HUGE_SIZE = '5MB'
const HUGE_BYTES_MIN = 1_000
const HUGE_BYTES_MAX = 500_000_000

export const FORMS: Readonly<Record<FaultName, FaultForm>> = {
  drop: plain('drop', 'cut the TCP connection'),
  close: {
    usage: 'close[=CODE]',
    meaning: `close with a code, ${USUAL_CLOSE_CODE} if none is named`,
    read: values => readOne(values, USUAL_CLOSE_CODE, matching(CLOSE_CODE), code => ({ name: 'close', code }))
  },
  silent: {
    usage: 'silent[=FOR]',
    meaning: 'send nothing, no frame, ping or pong, with the socket open; for ever, or so long',
    read: ([duration, ...more]) => {
      const forMilliseconds = optional(duration, parseDuration)
      return more.length > 0 || forMilliseconds === null ? undefined : { name: 'silent', forMilliseconds }
    }
  },
  'skip-seq': plain('skip-seq', 'lose the next frame that has a seq'),
  'repeat-seq': plain('repeat-seq', 'send it twice'),
  'reorder-seq': plain('reorder-seq', 'exchange it with the next frame of its sid'),
  delay: {
    usage: 'delay=TIME[,FOR]',
    meaning: 'send everything so much later; for ever, or so long',
    read: values => readShift(values, parseDuration, 'delay')
  },
  burst: {
    usage: 'burst=FOR',
    meaning: 'hold everything back so long, then send it at once',
    read: values => readOne(values, '', parseDuration, forMilliseconds => ({ name: 'burst', forMilliseconds }))
  },
  cut: plain('cut', 'end the JSON of the next frame of data early'),
  malformed: plain('malformed', 'send a frame that is no JSON'),
  'unknown-type': plain('unknown-type', 'send a frame of a type nobody knows'),
  'unknown-field': plain('unknown-field', 'add fields nobody knows to the next frame of data and to its msg'),
  huge: {
    usage: 'huge[=SIZE]',
    meaning: `send a frame of ${USUAL_HUGE_SIZE}, or of another size, of a type nobody knows`,
    read: values => readOne(values, USUAL_HUGE_SIZE, parseHugeSize, bytes => ({ name: 'huge', bytes }))
  },
  'wrong-sid': plain('wrong-sid', 'send the next frame of data under a sid that was never given out'),
  error: {
    usage: 'error=10|25',
    meaning: 'end all subscriptions: 10 channel error, 25 buffer overflow',
    read: values => readOne(values, '', matching(/^(10|25)$/), code => ({ name: 'error', code }))
  },
  refuse: {
    usage: 'refuse=STATUS[xTIMES]',
    meaning: 'answer upgrades with an HTTP status such as 401, 429 or 503; all, or so many',
    read: readRefusal
  },
  'late-ack': {
    usage: 'late-ack=FRAMES',
    meaning: 'hold back the next subscribed or ok until so many frames of data have gone',
    read: values => readOne(values, '', parseWhole, dataFrames => ({ name: 'late-ack', dataFrames }))
  },
  'wrong-clock': {
    usage: 'wrong-clock=[-]TIME[,FOR]',
    meaning: 'shift sending_ts_ms and ts_ms; for ever, or so long',
    read: values => readShift(values, parseShift, 'wrong-clock')
  }
}

/** Undefined for a name that no fault has. */
export function formOf(name: string): FaultForm | undefined {
  return Object.entries(FORMS).find(([known]) => known === name)?.[1]
}

/** The fault as its form reads it. */
export function formatForm(fault: Fault): string {
  switch (fault.name) {
    case 'close':
    case 'error':
      return `${fault.name}=${fault.code}`
    case 'silent':
      return fault.forMilliseconds === undefined ? 'silent' : `silent=${formatDuration(fault.forMilliseconds)}`
    case 'burst':
      return `burst=${formatDuration(fault.forMilliseconds)}`
    case 'delay':
    case 'wrong-clock':
      return `${fault.name}=${formatShift(fault)}`
    case 'huge':
      return `huge=${formatSize(fault.bytes)}`
    case 'refuse':
      return `refuse=${fault.status}${fault.times === undefined ? '' : `x${fault.times}`}`
    case 'late-ack':
      return `late-ack=${fault.dataFrames}`
    case 'drop':
    case 'skip-seq':
    case 'repeat-seq':
    case 'reorder-seq':
    case 'cut':
    case 'malformed':
    case 'unknown-type':
    case 'unknown-field':
    case 'wrong-sid':
      return fault.name
  }
}

type PlainName = TamperingName | 'reorder-seq' | 'drop' | 'malformed' | 'unknown-type'
type Shift = Extract<Fault, { readonly name: 'delay' | 'wrong-clock' }>

function plain(name: PlainName, meaning: string): FaultForm {
  return { usage: name, meaning, read: values => (values.length === 0 ? { name } : undefined) }
}

function readOne(
  [value, ...more]: readonly string[],
  usual: string,
  parse: (text: string) => number | undefined,
  toFault: (value: number) => Fault
): Fault | undefined {
  const parsed = parse(value ?? usual)
  return parsed === undefined || more.length > 0 ? undefined : toFault(parsed)
}

function readShift(
  [shift = '', duration, ...more]: readonly string[],
  parse: (text: string) => number | undefined,
  name: Shift['name']
): Fault | undefined {
  const milliseconds = parse(shift)
  const forMilliseconds = optional(duration, parseDuration)
  if (milliseconds === undefined || forMilliseconds === null || more.length > 0) return undefined
  return { name, milliseconds, forMilliseconds }
}

function readRefusal([text = '', ...more]: readonly string[]): Fault | undefined {
  const [, status, count] = /^([45]\d\d)(?:x(\d+))?$/.exec(text) ?? []
  const times = optional(count, parseWhole)
  if (status === undefined || times === null || more.length > 0) return undefined
  return { name: 'refuse', status: Number(status), times }
}

/** Undefined for what is not there, null for what is there and cannot be read. */
function optional(text: string | undefined, parse: (text: string) => number | undefined): number | undefined | null {
  return text === undefined ? undefined : (parse(text) ?? null)
}

function matching(form: RegExp): (text: string) => number | undefined {
  return text => (form.test(text) ? Number(text) : undefined)
}

function parseHugeSize(text: string): number | undefined {
  const bytes = parseSize(text) ?? 0
  return bytes >= HUGE_BYTES_MIN && bytes <= HUGE_BYTES_MAX ? bytes : undefined
}

function parseShift(text: string): number | undefined {
  const magnitude = parseDuration(text.replace(/^[-+]/, ''))
  return magnitude === undefined || !text.startsWith('-') ? magnitude : -magnitude
}

function formatShift({ milliseconds, forMilliseconds }: Shift): string {
  const sign = milliseconds < 0 ? '-' : ''
  const duration = forMilliseconds === undefined ? '' : `,${formatDuration(forMilliseconds)}`
  return `${sign}${formatDuration(Math.abs(milliseconds))}${duration}`
}
