import type { IncomingMessage } from 'node:http'
import { KwsError } from '../core/errors.ts'
import { formatCount, formatPrice } from '../core/units.ts'
import type { Speed } from '../replay/schedule.ts'
import type { BookTruth, PriceAndCount } from './book-truth.ts'
import type { Connection } from './connection.ts'
import type { ServerCounters } from './exchange-server.ts'
import { parseFault } from './faults/fault-language.ts'
import type { FaultSpec } from './faults/fault-spec.ts'
import type { HttpAnswer } from './socket-server.ts'
import type { Stage } from './stage.ts'

/** What the control endpoint acts on. */
export interface Controlled {
  /** All of them are controlled; the last one is told of. */
  readonly stages: () => readonly Stage[]
  readonly counters: () => ServerCounters
  readonly inject: (spec: FaultSpec) => void
}

export const CONTROL_PATH = '/control'

const BODY_BYTES_MAX = 64 * 1024

/** JSON over HTTP for whoever runs a test: it moves the clock, injects faults and knows the true books. */
export class Control {
  readonly #controlled: Controlled

  constructor(controlled: Controlled) {
    this.#controlled = controlled
  }

  /** From other machines it cannot be used, whatever address the server listens on. */
  async answer(request: IncomingMessage, url: URL): Promise<HttpAnswer> {
    if (!isLoopback(request.socket.remoteAddress ?? '')) return failure(403, 'control is for this machine alone')
    const path = url.pathname.slice(CONTROL_PATH.length)
    try {
      if (request.method === 'GET') return await this.#look(path)
      if (request.method !== 'POST') return failure(405, 'use GET or POST')
      const body = await readJson(request)
      return (await this.#act(path, body)) ? json(200, this.#status()) : failure(404, `there is no ${url.pathname}`)
    } catch (error) {
      if (error instanceof KwsError) return failure(400, error.message)
      throw error
    }
  }

  async #look(path: string): Promise<HttpAnswer> {
    if (path === '') return json(200, this.#status())
    const ticker = /^\/book\/([^/]+)$/.exec(path)?.[1]
    if (ticker === undefined) return failure(404, `there is no ${CONTROL_PATH}${path}`)
    const playback = this.#controlled.stages().at(-1)?.playback
    return await new Promise(resolve => {
      const look = () => {
        const book = playback?.truth(decodeURIComponent(ticker))
        resolve(book === undefined ? failure(404, `no book of ${ticker} is known now`) : json(200, toWire(book)))
      }
      if (playback === undefined) look()
      else playback.whenSettled(look)
    })
  }

  /** False where there is no such action. */
  async #act(path: string, body: Readonly<Record<string, unknown>>): Promise<boolean> {
    const playbacks = this.#controlled.stages().map(stage => stage.playback)
    switch (path) {
      case '/pause':
        for (const playback of playbacks) playback.pause()
        return true
      case '/resume':
        for (const playback of playbacks) playback.resume()
        return true
      case '/step':
        await Promise.all(playbacks.map(playback => playback.step()))
        return true
      case '/seek': {
        const to = textOf(body, 'to')
        await Promise.all(playbacks.map(playback => playback.seek(to)))
        return true
      }
      case '/speed': {
        const speed = speedOf(textOf(body, 'speed'))
        for (const playback of playbacks) playback.setSpeed(speed)
        return true
      }
      case '/fault':
        this.#controlled.inject(parseFault(textOf(body, 'fault')))
        return true
      default:
        return false
    }
  }

  #status(): object {
    const stages = this.#controlled.stages()
    return {
      ...stages.at(-1)?.playback.status(),
      server: this.#controlled.counters(),
      clients: stages.flatMap(stage => [...stage.audience].map(describe))
    }
  }
}

function describe({ number, framesSent, bufferedBytes, session }: Connection): object {
  const subscriptions = Array.from(session.subscriptions, ({ channel, sid, subjects }) => {
    return { channel, sid, markets: subjects?.length ?? 'all' }
  })
  return { connection: number, frames: framesSent, bufferedBytes, subscriptions }
}

function toWire({ yes, no }: BookTruth): object {
  return { yes: yes.map(toWirePair), no: no.map(toWirePair) }
}

function toWirePair([price, count]: PriceAndCount): readonly [string, string] {
  return [formatPrice(price), formatCount(count)]
}

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > BODY_BYTES_MAX) throw new KwsError('usage', `a body of more than ${BODY_BYTES_MAX} bytes`)
  }
  if (text === '') return {}
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>
  } catch (error) {
    throw new KwsError('usage', 'the body is not JSON', { cause: error })
  }
}

function textOf(body: Readonly<Record<string, unknown>>, field: string): string {
  const value = body[field]
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') throw new KwsError('usage', `the body needs a text {"${field}": "…"}`)
  return value
}

/** `1x`, `10x`, `0.5x` or `max`; also a plain number. */
function speedOf(text: string): Speed {
  if (text === 'max') return 'max'
  const speed = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1])
  if (!(speed > 0)) throw new KwsError('usage', `"${text}" is not a speed: write one such as 1x, 10x or max`)
  return speed
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.replace(/^::ffff:/, '').startsWith('127.')
}

function json(status: number, body: object): HttpAnswer {
  return { status, body: JSON.stringify(body) }
}

function failure(status: number, message: string): HttpAnswer {
  return json(status, { error: { message } })
}
