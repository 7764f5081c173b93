// What a scanner without a socket does: reads all pages of the list of markets, no more than so many a second, and sorts
// them into a table; then from the beginning. Prints a line for each table: its first row, and the seconds it took.
import { setTimeout as delay } from 'node:timers/promises'

const [root, limit, perSecond, cycles] = process.argv.slice(2)
let next = performance.now()

for (let cycle = 0; cycle < Number(cycles); cycle++) {
  const started = performance.now()
  const markets = await readAll()
  const top = markets.toSorted((a, b) => moveOf(b) - moveOf(a)).slice(0, 20)
  console.log(JSON.stringify({ markets: markets.length, top: top[0].ticker, seconds: since(started) }))
}

async function readAll() {
  const markets = []
  let cursor = ''
  do {
    await delay(Math.max(0, next - performance.now()))
    next = Math.max(next, performance.now()) + 1000 / Number(perSecond)
    const response = await fetch(`${root}/markets?status=open&limit=${limit}&cursor=${cursor}`)
    if (!response.ok) throw new Error(`a page was answered with ${response.status}`)
    const page = await response.json()
    markets.push(...page.markets)
    cursor = page.cursor
  } while (cursor !== '')
  return markets
}

function moveOf({ last_price_dollars: last, previous_price_dollars: previous }) {
  return Math.abs(Number(last ?? 0) - Number(previous ?? 0))
}

function since(started) {
  return (performance.now() - started) / 1000
}
