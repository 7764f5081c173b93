// What serving costs: a recording at full speed to one client on loopback, in this server's way and with one
// `ws.send` per frame, in turns. The client is a process of its own that only counts frames, so that it is not what limits.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'
import { systemClock } from '../dist/core/clock.js'
import { DIRECTION, KIND, payloadAt } from '../dist/core/frame.js'
import { ExchangeServer } from '../dist/exchange/exchange-server.js'
import { RecordedPlayback } from '../dist/exchange/recorded/recorded-playback.js'
import { openRecording } from '../dist/recording/recording.js'
import { CHANNELS, commandsFor, recordSynthetic } from './synthetic-recording.mjs'

const FRAMES = 200_000
const ROUNDS = 5
const CLIENTS = 50
const CLIENT_FRAMES = 20_000
const RATIO_WANTED = 4
const QUEUED_BYTES_MAX = 1024 * 1024
const clock = systemClock()

/** Runs the comparison and prints it; false where the server is not fast enough or lost a frame. */
export async function benchServe({ json = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'kws-bench-'))
  try {
    const { path, markets } = await recordSynthetic(join(folder, 'all'), FRAMES)
    const recording = await openRecording(path)
    const expected = await countServed(recording)
    const rounds = { served: [], sent: [] }
    for (let round = 0; round <= ROUNDS; round++) {
      const [served, sent] = [await measureServed(recording, markets), await measureSent(recording)]
      for (const { frames } of [served, sent]) {
        if (frames !== expected) throw new Error(`${frames} frames came of ${expected}`)
      }
      // The first round is for the compiler.
      if (round === 0) continue
      rounds.served.push(served.perSecond)
      rounds.sent.push(sent.perSecond)
    }
    const crowd = await measureCrowd(join(folder, 'crowd'))
    return report({ rounds, expected, crowd, json })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const REPLY = Buffer.from('"type":"subscribed"')

async function* servedPayloads(recording) {
  for await (const batch of recording.batches()) {
    const payloads = []
    for (let row = 0; row < batch.length; row++) {
      if (batch.kind[row] !== KIND.text || batch.direction[row] !== DIRECTION.received) continue
      const payload = payloadAt(batch, row)
      if (Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).includes(REPLY)) continue
      payloads.push(payload)
    }
    yield payloads
  }
}

async function countServed(recording) {
  let frames = 0
  for await (const payloads of servedPayloads(recording)) frames += payloads.length
  return frames
}

async function measureServed(recording, markets) {
  const createPlayback = await RecordedPlayback.prepare([recording], { clock, speed: 'max', atEnd: 'close' })
  const server = await ExchangeServer.start(createPlayback, { clock, waitForClients: 1 })
  const result = await count(server.port, commandsFor(markets), CHANNELS.length)
  await server.close()
  return result
}

/** The plain way: the same recording, and one call per frame, which waits where the client does not keep up. */
async function measureSent(recording) {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
  sockets.on('connection', socket => {
    socket.once('message', () => void sendAll(recording, socket))
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const result = await count(http.address().port, ['start'], 0)
  await new Promise(resolve => http.close(resolve))
  return result
}

async function sendAll(recording, socket) {
  for await (const payloads of servedPayloads(recording)) {
    for (const payload of payloads) socket.send(payload, { binary: false })
    if (socket.bufferedAmount > QUEUED_BYTES_MAX) await new Promise(resolve => socket.ping('', false, resolve))
  }
  socket.close(1000)
}

/** Has a process of its own count what comes until the connection is closed; frames per second from the first to the last. */
async function count(port, commands, replies) {
  const counter = fork(new URL('frame-counter.mjs', import.meta.url), { serialization: 'json' })
  counter.send({ port, commands, replies })
  const [result] = await once(counter, 'message')
  counter.kill()
  return { frames: result.frames, perSecond: result.frames / result.seconds }
}

/** Fifty clients at once, each of which must get everything, under its own numbers. */
async function measureCrowd(path) {
  const { markets } = await recordSynthetic(path, CLIENT_FRAMES)
  const recording = await openRecording(path)
  const expected = await countServed(recording)
  const createPlayback = await RecordedPlayback.prepare([recording], { clock, speed: 'max', atEnd: 'close' })
  const server = await ExchangeServer.start(createPlayback, { clock, waitForClients: CLIENTS })
  const counter = fork(new URL('frame-counter.mjs', import.meta.url), { serialization: 'json' })
  counter.send({ port: server.port, commands: commandsFor(markets), replies: CHANNELS.length, clients: CLIENTS })
  const [{ frames, seconds }] = await once(counter, 'message')
  counter.kill()
  await server.close()
  return { clients: CLIENTS, frames, expected: expected * CLIENTS, perSecond: frames / seconds }
}

function report({ rounds, expected, crowd, json }) {
  const [served, sent] = [median(rounds.served), median(rounds.sent)]
  const ratio = served / sent
  const isGood = ratio >= RATIO_WANTED && crowd.frames === crowd.expected
  if (json) {
    process.stdout.write(`${JSON.stringify({ type: 'bench', bench: 'serve', served, sent, ratio, crowd, isGood })}\n`)
    return isGood
  }
  process.stdout.write(
    [
      `a recording of ${expected.toLocaleString('en-US')} frames at full speed, medians of ${ROUNDS} rounds in turns`,
      '',
      `one ws.send per frame, 1 client     ${rate(sent)}`,
      `kws serve, 1 client                 ${rate(served)}   ${ratio.toFixed(1)} times (wanted: ${RATIO_WANTED})`,
      `kws serve, ${crowd.clients} clients               ${rate(crowd.perSecond)}   ${crowd.frames} of ${crowd.expected} frames came`,
      ''
    ].join('\n')
  )
  return isGood
}

function rate(perSecond) {
  return `${Math.round(perSecond).toLocaleString('en-US').padStart(12)} frames/s`
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
