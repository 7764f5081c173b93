// A practice exchange as a process of its own: told what to trade, it answers with where it listens and which markets
// it has, and ends with its parent.
import { systemClock } from '../dist/core/clock.js'
import { PracticeExchange } from '../dist/exchange/practice-exchange.js'

process.once('message', async ({ markets, rate, restRequestsPerSecond }) => {
  const clock = systemClock()
  const exchange = await PracticeExchange.start({ clock, markets, rate, restRequestsPerSecond, roundLength: 1e9 })
  process.send({ url: exchange.url, tickers: exchange.tickers() })
})
process.once('disconnect', () => process.exit())
