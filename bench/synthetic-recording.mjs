// A recording of synthetic markets, for what is measured on one.
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { systemClock } from '../dist/core/clock.js'
import { FrameBatchBuilder } from '../dist/core/frame-batch-builder.js'
import { PracticeExchange } from '../dist/exchange/practice-exchange.js'
import { RecordingWriter } from '../dist/recording/recording-writer.js'

export const CHANNELS = ['orderbook_delta', 'ticker', 'trade', 'market_lifecycle_v2']
const clock = systemClock()

/** A recording of synthetic markets, made by listening to them. */
export async function recordSynthetic(path, frames) {
  const exchange = await PracticeExchange.start({
    clock,
    markets: 300,
    rate: 60_000,
    roundLength: 1e9,
    bufferedBytesMax: 1e9
  })
  const markets = exchange.tickers()
  const writer = await RecordingWriter.create(path, {
    clock,
    session: {
      version: 'bench',
      source: { type: 'live', url: exchange.url, environment: 'practice' },
      filtered: false,
      channels: CHANNELS,
      markets,
      counters: {}
    }
  })
  let builder = new FrameBatchBuilder()
  const socket = new WebSocket(exchange.url)
  let received = 0
  const add = (kind, direction, bytes) => builder.append(clock.wall(), clock.monotonic(), 0, kind, direction, bytes)
  socket.on('message', data => {
    if (received++ < frames) add('text', 'received', data)
  })
  await once(socket, 'open')
  for (const command of commandsFor(markets)) {
    add('text', 'sent', Buffer.from(command))
    socket.send(command)
  }
  while (received < frames) {
    await clock.sleep(20)
    const filled = builder
    builder = new FrameBatchBuilder()
    await writer.accept(filled.batch())
  }
  await writer.accept(builder.batch())
  await writer.close()
  socket.terminate()
  await exchange.close()
  return { path, markets }
}

export function commandsFor(markets) {
  return CHANNELS.map((channel, index) => {
    const scope = channel === 'orderbook_delta' ? { market_tickers: markets } : {}
    return JSON.stringify({ id: index + 1, cmd: 'subscribe', params: { channels: [channel], ...scope } })
  })
}
