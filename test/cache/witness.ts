import { SECOND } from '../../src/core/time.ts'
import type { PipelineOptions } from '../../src/pipeline.ts'
import { Pipeline } from '../../src/pipeline.ts'
import type { Recording } from '../../src/recording/recording.ts'
import { arbitrage } from '../../src/scan/arbitrage.ts'
import { momentum } from '../../src/scan/momentum.ts'
import { movers } from '../../src/scan/movers.ts'
import { newMarkets } from '../../src/scan/new-markets.ts'
import { opportunities } from '../../src/scan/opportunities.ts'
import type { ScanContext, Scanner } from '../../src/scan/scanner.ts'
import { SignalText } from '../../src/sink/signal-text.ts'

/** All that scanners can see of a recording and all signals of it, as text, line by line. */
export async function witnessed(recording: Recording, options: Partial<PipelineOptions> = {}): Promise<string[]> {
  const lines: string[] = []
  const signals = new SignalText()
  const scanners = [witness(lines), movers(), opportunities(), arbitrage(), momentum(), newMarkets()]
  const pipeline = new Pipeline({
    scanners,
    sinks: [signals],
    isFiltered: () => recording.filtered,
    onIrregularity: irregularity => lines.push(JSON.stringify(irregularity)),
    ...options
  })
  for await (const batch of recording.batches()) await pipeline.accept(batch)
  return [...lines, JSON.stringify(pipeline.tracker.counts), String(pipeline.now), ...signals.text.split('\n')]
}

function witness(lines: string[]): Scanner {
  return {
    name: 'witness',
    channels: [],
    timerEvery: SECOND,
    onMessage(message, context) {
      const market = 'market' in message ? context.tracker.market(message.market) : undefined
      lines.push(JSON.stringify([context.now, message, market?.bookState, market?.quote]))
    },
    onTimer: context => void lines.push(JSON.stringify(stateOf(context)))
  }
}

function stateOf({ tracker, now }: ScanContext): unknown {
  return Array.from(tracker.markets(), ({ number, ticker, book, bookState, tickerState, quote, volume }) => {
    const levels = [book.levels('yes'), book.levels('no')]
    return { now, number, ticker, bookState, tickerState, volume, levels, quote }
  })
}
