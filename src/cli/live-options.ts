import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { MarketFlags } from './market-options.ts'
import { addMarketOptions } from './market-options.ts'
import { parseBytes, parseList, parsePositive, parseSeconds, parseWhole } from './values.ts'

/** The flags of whatever listens to the exchange. */
export interface LiveFlags extends MarketFlags {
  readonly markets?: readonly string[] | undefined
  readonly series?: readonly string[]
  readonly events?: readonly string[]
  readonly connections: number
  readonly maxReconnects?: number
  readonly maxBuffer: number
  readonly deflate?: true
  readonly snapshotEvery?: number
  readonly duration?: number
  /** False with `--no-seed`. */
  readonly seed: boolean
  readonly metricsPort?: number
}

const CONNECTIONS_MAX = 100
const BUFFER_MIN = 1e6

export function addLiveOptions(command: Command): Command {
  return addMarketOptions(command)
    .option('--series <tickers>', 'the markets of these series, as they come and go', parseList)
    .option('--events <tickers>', 'the markets of these events, as they come and go', parseList)
    .option('--connections <n>', 'spread the markets over so many connections', parseConnections, 1)
    .option('--max-reconnects <n>', 'attempts in a row after a lost connection (default: without end)', parseWhole)
    .addOption(
      new Option('--max-buffer <size>', 'when so much waits to be worked on, reading pauses')
        .argParser(parseBuffer)
        .default(256e6, '256MB')
    )
    .option('--snapshot-every <time>', 'ask for a snapshot of every order book so often, such as 5m', parseSeconds)
    .option('--no-seed', 'do without the list of markets and the fees that REST gives')
    .option('--deflate', 'negotiate permessage-deflate, at fifty times the CPU per frame')
    .option('--metrics-port <n>', 'serve /metrics (Prometheus) and /health on this port of this machine', parseWhole)
    .option('--duration <time>', 'stop after so long, such as 10m', parseSeconds)
}

function parseConnections(text: string): number {
  const connections = parsePositive(text)
  if (connections > CONNECTIONS_MAX) throw new InvalidArgumentError(`write a number up to ${CONNECTIONS_MAX}.`)
  return connections
}

function parseBuffer(text: string): number {
  const bytes = parseBytes(text)
  if (bytes < BUFFER_MIN) throw new InvalidArgumentError('write a size of 1MB or more.')
  return bytes
}
