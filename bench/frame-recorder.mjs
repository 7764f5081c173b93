// Receives all that a server sends, and stores it in one of the ways that are compared. A process of its own, so that
// its CPU time and the delays of its event loop are those of recording alone.
import { createWriteStream } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { systemClock } from '../dist/core/clock.js'
import { KIND } from '../dist/core/frame.js'
import { LiveFeed } from '../dist/live/live-feed.js'
import { run } from '../dist/pipeline.js'
import { RecordingWriter } from '../dist/recording/recording-writer.js'

const WAYS = { jsonl: recordLines, none: recordSegments, zstd: recordSegments }

process.once('message', async ({ way, port, path, expected }) => {
  const url = `ws://127.0.0.1:${port}/`
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const cpu = process.cpuUsage()
  const started = process.hrtime.bigint()
  const { frames, stored } = await WAYS[way](url, path, expected, way)
  const seconds = Number(stored - started) / 1e9
  const { user, system } = process.cpuUsage(cpu)
  process.send({ frames, seconds, cpuSeconds: (user + system) / 1e6, delay: delay.percentile(99.9) / 1e6 }, () =>
    process.exit()
  )
})

/** What people write. */
async function recordLines(url, path, expected) {
  const file = createWriteStream(path)
  const socket = new WebSocket(url)
  let frames = 0
  socket.on('message', data => {
    file.write(`${JSON.stringify({ t: Date.now(), payload: data.toString() })}\n`)
    if (++frames === expected) socket.close()
  })
  await once(socket, 'close')
  file.end()
  await once(file, 'finish')
  return { frames, stored: process.hrtime.bigint() }
}

async function recordSegments(url, path, expected, compression) {
  const clock = systemClock()
  const source = { type: 'live', url, environment: 'bench' }
  const session = { version: 'bench', source, filtered: false, channels: [], markets: [], counters: {} }
  const writer = await RecordingWriter.create(path, { clock, session, compression })
  const feed = await LiveFeed.connect({ url, clock, subscriptions: [] })
  let texts = 0
  let stored
  const recorder = {
    accept: batch => writer.accept(batch),
    async close() {
      // As far as the lines go: the file system has it all. What comes after is syncing, which they do without.
      await writer.flushed()
      stored = process.hrtime.bigint()
      await writer.close()
    }
  }
  const counter = {
    accept(batch) {
      for (let row = 0; row < batch.length; row++) if (batch.kind[row] === KIND.text) texts++
      if (texts >= expected) feed.stop()
    },
    close: async () => {}
  }
  await run(feed, [recorder, counter])
  return { frames: texts, stored }
}
