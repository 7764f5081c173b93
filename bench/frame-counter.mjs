// A client that does nothing but count: it reads the headers of server frames off a TCP socket and skips what they hold.
// Told where to connect and what to send, it answers with the number of text frames beyond the replies, and the seconds
// from the first to the last.
import { connect } from 'node:net'

const CLOSE = 0x88
const TEXT = 0x81

process.once('message', async ({ port, commands, replies, clients = 1 }) => {
  const counts = await Promise.all(Array.from({ length: clients }, () => count(port, commands, replies)))
  const first = Math.min(...counts.map(({ first }) => first))
  const last = Math.max(...counts.map(({ last }) => last))
  const frames = counts.reduce((sum, { frames }) => sum + frames, 0)
  process.send({ frames, seconds: (last - first) / 1000 })
})

function count(port, commands, replies) {
  return new Promise((resolve, reject) => {
    const counter = new Counter()
    const socket = connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer: Buffer.allocUnsafeSlow(256 * 1024),
        callback: (length, buffer) => {
          counter.read(buffer, length)
          if (counter.isClosed) socket.destroy()
          return true
        }
      }
    })
    socket.on('error', reject)
    socket.on('close', () => resolve({ frames: counter.frames - replies, first: counter.first, last: counter.last }))
    socket.write(
      `GET /trade-api/ws/v2 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
    )
    for (const command of commands) socket.write(masked(command))
  })
}

/** A client's frame, under the mask of zeros, which changes nothing. */
function masked(text) {
  const payload = Buffer.from(text)
  const header = Buffer.alloc(14)
  header[0] = TEXT
  header[1] = 0xff
  header.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([header, payload])
}

class Counter {
  frames = 0
  first = 0
  last = 0
  isClosed = false
  #isUpgraded = false
  #tail = ''
  /** Bytes of the frame in hand that are still to come, and those of a header that was cut. */
  #skip = 0
  #header = Buffer.alloc(10)
  #headerLength = 0

  read(bytes, length) {
    let at = this.#isUpgraded ? 0 : this.#upgrade(bytes, length)
    const now = performance.now()
    while (at < length && !this.isClosed) {
      const skipped = Math.min(this.#skip, length - at)
      this.#skip -= skipped
      at += skipped
      if (at < length) at = this.#readHeader(bytes, at, now)
    }
  }

  #upgrade(bytes, length) {
    const before = this.#tail.length
    this.#tail += bytes.latin1Slice(0, length)
    const end = this.#tail.indexOf('\r\n\r\n')
    if (end < 0) return length
    if (!this.#tail.startsWith('HTTP/1.1 101')) throw new Error(this.#tail)
    this.#isUpgraded = true
    return end + 4 - before
  }

  #readHeader(bytes, from, now) {
    const header = this.#header
    header[this.#headerLength++] = bytes[from]
    const needed = this.#headerLength < 2 ? 2 : 2 + extraOf(header[1])
    if (this.#headerLength < needed) return from + 1
    const payload = payloadOf(header)
    this.#headerLength = 0
    this.#skip = payload
    if (header[0] === CLOSE) this.isClosed = true
    if (header[0] !== TEXT) return from + 1
    this.frames++
    this.first ||= now
    this.last = now
    return from + 1
  }
}

function extraOf(length) {
  if (length === 127) return 8
  return length === 126 ? 2 : 0
}

function payloadOf(header) {
  if (header[1] === 127) return Number(header.readBigUInt64BE(2))
  return header[1] === 126 ? header.readUInt16BE(2) : header[1]
}
