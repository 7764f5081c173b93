import type { LiveCounters } from '../live/live-event.ts'
import type { IrregularityCounts } from '../market/irregularity.ts'

/** What a recorder or scanner tells of itself at one moment. */
export interface MetricsStatus {
  readonly version: string
  /** Taken so far. */
  readonly frames: number
  /** Of their payloads. */
  readonly bytes: number
  readonly counters: LiveCounters
  readonly irregularities: Readonly<IrregularityCounts>
  readonly connectionsOpen: number
  /** By channel. */
  readonly marketsSubscribed: Readonly<Record<string, number>>
  /** What has arrived and waits to be taken. */
  readonly bufferBytes: number
  /** From the exchange's queue to here; null where no frame has told. */
  readonly lagSeconds: number | null
  /** Since the last frame of the exchange; since the start, where none has come. */
  readonly lastFrameAgeSeconds: number
  /** Null where nothing is recorded. */
  readonly recording: { readonly bytes: number; readonly segments: number } | null
}

/** The status in Prometheus' text format 0.0.4. */
export function metricsText(status: MetricsStatus): string {
  return metricsOf(status)
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = samples.map(({ labels = '', value }) => `${name}${labels} ${value}`)
      return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
    })
    .join('')
}

interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly samples: readonly Sample[]
}

interface Sample {
  /** In braces. */
  readonly labels?: string
  readonly value: number
}

const COUNTER_HELP: Readonly<Record<keyof LiveCounters, string>> = {
  reconnects: 'Lost connections that were replaced.',
  failedConnects: 'Attempts to connect that came to nothing.',
  gaps: 'Places where frames of a subscription are missing.',
  framesLost: 'Frames that are missing in the gaps.',
  repairs: 'Repairs after which stale books had their snapshots.',
  snapshotsUnanswered: 'Markets that gave no snapshot in a repair.',
  resubscribes: 'Subscriptions that were made anew.',
  refusedCommands: 'Commands that the exchange refused for good.',
  pauses: 'Times that reading was stopped since the buffer was full.'
}

function metricsOf(status: MetricsStatus): Metric[] {
  const { version, counters, irregularities, recording, marketsSubscribed: markets } = status
  return [
    gauge('build_info', 'Always 1; the label tells the version of kws.', [sample(1, { version })]),
    counter('frames', 'Frames taken, in both directions, with pings and events of the connections.', [
      sample(status.frames)
    ]),
    counter('payload_bytes', 'Bytes of the payloads of the frames taken.', [sample(status.bytes)]),
    ...entriesOf(counters).map(([name, value]) => counter(snakeCase(name), COUNTER_HELP[name], [sample(value)])),
    counter('irregularities', 'Irregular data met, by type.', labelled('type', irregularities)),
    gauge('connections_open', 'Connections that are open.', [sample(status.connectionsOpen)]),
    gauge(
      'markets_subscribed',
      'Markets that the exchange has acknowledged, by channel.',
      labelled('channel', markets)
    ),
    gauge('buffer_bytes', 'Memory of the frames that have arrived and wait to be taken.', [sample(status.bufferBytes)]),
    gauge(
      'lag_seconds',
      "From the exchange's queue to here, by the latest frame; includes the difference of the clocks.",
      samplesOf(status.lagSeconds)
    ),
    gauge('last_frame_age_seconds', 'Since the last frame of the exchange, pings included.', [
      sample(status.lastFrameAgeSeconds)
    ]),
    gauge('recording_bytes', 'Bytes of the files of the recording.', samplesOf(recording?.bytes)),
    gauge('recording_segments', 'Segments of the recording.', samplesOf(recording?.segments))
  ]
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `kws_${name}_total`, type: 'counter', help, samples }
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `kws_${name}`, type: 'gauge', help, samples }
}

function labelled(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return entriesOf(values).map(([name, value]) => sample(value, { [label]: name }))
}

function samplesOf(value: number | null | undefined): Sample[] {
  return value === null || value === undefined ? [] : [sample(value)]
}

function sample(value: number, labels?: Readonly<Record<string, string>>): Sample {
  if (labels === undefined) return { value }
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escaped(text)}"`)
  return { value, labels: `{${pairs.join(',')}}` }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

function entriesOf<Name extends string>(values: Readonly<Record<Name, number>>): [Name, number][] {
  return Object.entries(values) as [Name, number][]
}
