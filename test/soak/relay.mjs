import { connect, createServer } from 'node:net'
import { sleep } from './chance.mjs'

const TEXT = 0x1
/** For the recorder to note the opening, before the next upgrade comes through. */
const SETTLING_MS = 20

/** The turn of whoever wants to upgrade: one after the other, so that the exchange's count of them is known. */
let turn = Promise.resolve()
let accepted = 0

/**
 * Stands between one recorder and the exchange. It lets upgrades through one at a time, over all relays, so that it
 * knows which of the exchange's connections is which of the recorder's, and counts the text frames on each. What the
 * exchange cannot do to a connection, it can: cut it in the middle of a frame, or swallow all that is sent.
 */
export class Relay {
  url
  /** In the order in which they were opened: the exchange's number, text frames that went through, and who ended it. */
  connections = []
  #target
  #server = createServer(client => this.#pass(client))

  constructor(target) {
    this.#target = new URL(target)
  }

  async listen() {
    await new Promise(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `ws://127.0.0.1:${this.#server.address().port}${this.#target.pathname}`
    return this
  }

  close() {
    this.#server.close()
  }

  /** The latest of the connections that are open. */
  get open() {
    return this.connections.filter(({ isOpen }) => isOpen)
  }

  #pass(client) {
    const server = connect(Number(this.#target.port), this.#target.hostname)
    const passage = new Passage(client, server)
    // A request that is no upgrade goes through at once.
    client.once('data', async data => {
      client.pause()
      if (!data.toString('latin1').includes('Upgrade: websocket')) return passage.begin(data)
      const before = turn
      const answered = new Promise(resolve => (passage.onAnswer = resolve))
      turn = (async () => {
        await before
        passage.begin(data)
        const status = await answered
        if (status === 101) this.connections.push(Object.assign(passage, { exchangeNumber: accepted++ }))
        await sleep(SETTLING_MS)
      })()
    })
    client.on('error', () => passage.end())
    server.on('error', () => passage.end())
  }
}

class Passage {
  exchangeNumber = -1
  frames = 0
  isOpen = true
  /** Told the status of the answer, or nothing where there is none. */
  onAnswer = undefined
  /** Frames may have been lost by what was done here. */
  wasCut = false
  #client
  #server
  #isHead = true
  #head = Buffer.alloc(0)
  #isSwallowing = false
  #frameReader = new FrameReader()

  constructor(client, server) {
    this.#client = client
    this.#server = server
  }

  begin(data) {
    this.#server.write(data)
    this.#client.on('data', data => {
      if (!this.#isSwallowing) this.#server.write(data)
    })
    this.#client.resume()
    this.#server.on('data', data => this.#hear(data))
    this.#client.on('close', () => this.end())
    this.#server.on('close', () => {
      if (!this.#isSwallowing) this.end()
    })
  }

  /** In the middle of whatever is being sent. */
  cut() {
    this.wasCut = true
    this.#server.destroy()
    this.#client.destroy()
  }

  /** From now on nothing gets through, either way, and no end does either: the line is dead. */
  swallow() {
    this.wasCut = true
    this.#isSwallowing = true
  }

  end() {
    if (!this.isOpen) return
    this.isOpen = false
    this.#answered(undefined)
    this.#client.end()
    this.#server.end()
    if (this.#isSwallowing) this.#server.destroy()
  }

  #hear(data) {
    if (this.#isSwallowing) return
    if (!this.#client.write(data)) {
      this.#server.pause()
      this.#client.once('drain', () => this.#server.resume())
    }
    if (!this.#isHead) return this.#count(data)
    this.#head = Buffer.concat([this.#head, data])
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) return
    this.#isHead = false
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(this.#head.toString('latin1'))?.[1])
    this.#answered(status)
    if (status === 101) this.#count(this.#head.subarray(end + 4))
  }

  #count(data) {
    this.frames += this.#frameReader.textFramesIn(data)
  }

  #answered(status) {
    const tell = this.onAnswer
    this.onAnswer = undefined
    tell?.(status)
  }
}

/** Counts the text frames of a server (RFC 6455, section 5.2), which are neither masked nor in pieces here. */
class FrameReader {
  #header = []
  #left = 0
  #isText = false

  /** How many of them end in some bytes. */
  textFramesIn(data) {
    let frames = 0
    for (let at = 0; at < data.length;) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, data.length - at)
        at += taken
        this.#left -= taken
        if (this.#left === 0 && this.#isText) frames++
        continue
      }
      this.#header.push(data[at++])
      const length = lengthIn(this.#header)
      if (length === undefined) continue
      this.#isText = (this.#header[0] & 0x0f) === TEXT
      this.#left = length
      this.#header = []
      if (length === 0 && this.#isText) frames++
    }
    return frames
  }
}

/** The length of the payload; undefined where the header is not whole yet. */
function lengthIn(header) {
  const [, short = -1] = header
  if (short < 0) return undefined
  if (short < 126) return short
  const bytes = short === 126 ? 2 : 8
  if (header.length < 2 + bytes) return undefined
  return header.slice(2).reduce((length, byte) => length * 256 + byte, 0)
}
