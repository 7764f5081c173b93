import { onTestFinished } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { ExchangeServerOptions } from '../../../src/exchange/exchange-server.ts'
import { ExchangeServer } from '../../../src/exchange/exchange-server.ts'
import type { RecordedPlaybackOptions } from '../../../src/exchange/recorded/recorded-playback.ts'
import { RecordedPlayback } from '../../../src/exchange/recorded/recorded-playback.ts'
import { openRecording } from '../../../src/recording/recording.ts'

type Options = Partial<RecordedPlaybackOptions & ExchangeServerOptions>

/** A server that plays a recording, by default at full speed and as soon as a client has subscribed; closes with the test. */
export async function serveRecording(path: string, options: Options = {}): Promise<ExchangeServer> {
  const clock = systemClock()
  const { speed = 'max', from, atEnd = 'hold', ...others } = options
  const createPlayback = await RecordedPlayback.prepare([await openRecording(path)], { clock, speed, from, atEnd })
  const server = await ExchangeServer.start(createPlayback, { waitForClients: 1, ...others, clock })
  onTestFinished(() => server.close())
  return server
}

export interface ControlAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Calls the control endpoint. */
export async function control(
  { port }: { readonly port: number },
  path: string,
  body?: object
): Promise<ControlAnswer> {
  const isLooking = path === '' || path.startsWith('/book/')
  const response = await fetch(`http://127.0.0.1:${port}/control${path}`, {
    method: isLooking ? 'GET' : 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> }
}
