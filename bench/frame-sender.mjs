// Sends frames that were framed before, as fast as the other side takes them or at a rate, so that whoever receives is
// what limits. A process of its own; speaks as little of the protocol as a client needs.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { KIND, DIRECTION, payloadAt } from '../dist/core/frame.js'
import { openRecording } from '../dist/recording/recording.js'

const CHUNK = 64 * 1024
const TICK_MILLISECONDS = 5
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

const [path, repeats = '1'] = process.argv.slice(2)
const frames = []
for await (const batch of (await openRecording(path)).batches()) {
  for (let row = 0; row < batch.length; row++) {
    if (batch.kind[row] !== KIND.text || batch.direction[row] !== DIRECTION.received) continue
    frames.push(framed(payloadAt(batch, row)))
  }
}
const all = Array.from({ length: Number(repeats) }, () => frames).flat()
const chunks = chunked(all)

let perSecond = 0
process.on('message', message => (perSecond = message.perSecond))
const server = createServer(socket => {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.once('data', request => {
    const key = /sec-websocket-key: (\S+)/i.exec(String(request))[1]
    const accept = createHash('sha1')
      .update(key + KEY_SUFFIX)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
    )
    // Whoever has all closes: the answer is a close frame with code 1000.
    socket.once('data', () => socket.end(Buffer.of(0x88, 2, 0x03, 0xe8)))
    void send(socket)
  })
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, frames: all.length }))

async function send(socket) {
  const parts = perSecond === 0 ? chunks : chunked(all, Math.round((perSecond * TICK_MILLISECONDS) / 1000))
  const started = performance.now()
  for (const [index, part] of parts.entries()) {
    if (perSecond > 0) await delay(Math.max(0, started + index * TICK_MILLISECONDS - performance.now()))
    if (!socket.write(part)) await once(socket, 'drain')
  }
}

function framed(payload) {
  const head =
    payload.length < 126
      ? Buffer.of(0x81, payload.length)
      : Buffer.of(0x81, 126, payload.length >> 8, payload.length & 255)
  if (payload.length > 65_535) throw new Error('a frame is too long for this sender')
  return Buffer.concat([head, payload])
}

/** In pieces of so many frames, or of about 64 KiB. */
function chunked(all, count = Infinity) {
  const parts = []
  let part = []
  let bytes = 0
  for (const frame of all) {
    part.push(frame)
    bytes += frame.length
    if (bytes < CHUNK && part.length < count) continue
    if (part.length < count && count !== Infinity) continue
    parts.push(Buffer.concat(part))
    part = []
    bytes = 0
  }
  if (part.length > 0) parts.push(Buffer.concat(part))
  return parts
}
