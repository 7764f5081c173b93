// The order books of pmxt-core's Kalshi socket, shown what its own listener would show it. Its names of the fields of a
// delta are not those on the wire today, so that it would ignore the prices; it is given both. Levels closer than
// $0.001 are one to it, and its counts are floats that need not come to nothing: its books are not those of the
// exchange, so what is compared is the number of frames alone.
import { openRecording } from '../../dist/recording/recording.js'
import { peer } from '../peers.mjs'

export async function prepare({ recording: path }) {
  const { KalshiWebSocket } = peer('pmxt-core/dist/exchanges/kalshi/websocket.js')
  const recording = await openRecording(path)
  return () => replay(recording, new KalshiWebSocket({}, { wsUrl: 'ws://127.0.0.1' }))
}

async function replay(recording, socket) {
  let frames = 0
  let best = 0
  for await (const { length, offsets, payload } of recording.batches()) {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    for (let row = 0; row < length; row++) {
      const message = JSON.parse(bytes.toString('utf8', offsets[row], offsets[row + 1]))
      const { msg } = message
      if (message.type === 'orderbook_delta') {
        msg.price_dollars_fp = msg.price_dollars
        msg.delta_dollars_fp = msg.delta_fp
      }
      socket.handleMessage(message)
      const book = socket.orderBooks.get(msg.market_ticker)
      best += (book?.bids[0]?.price ?? 0) + (book?.asks[0]?.price ?? 0)
    }
    frames += length
  }
  if (!(best > 0)) throw new Error('pmxt-core kept no book')
  return { frames, check: () => undefined }
}
