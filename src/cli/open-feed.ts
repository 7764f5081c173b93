import type { Logger } from 'pino'
import type { Clock } from '../core/clock.ts'
import { KwsError, reasonOf } from '../core/errors.ts'
import type { ListingScope } from '../live/listing.ts'
import { listMarkets } from '../live/listing.ts'
import type { LiveEvent } from '../live/live-event.ts'
import { LiveFeed } from '../live/live-feed.ts'
import { RestClient } from '../live/rest-client.ts'
import { Universe } from '../live/universe.ts'
import type { Channel } from '../protocol/channels.ts'
import type { Connection } from './connection.ts'
import type { LiveFlags } from './live-options.ts'
import { wantedChannels } from './subscriptions.ts'

export interface OpenFeed {
  readonly feed: LiveFeed
  /** What the subscriptions follow, where markets were named by series or event. */
  readonly universe: Universe | undefined
  /** Resolves when REST has listed the markets, or it has been told that it does not. */
  readonly seeded: Promise<void>
  /** Ends what runs beside the feed. */
  readonly close: () => void
}

export interface OpenFeedOptions {
  readonly connection: Connection
  readonly channels: readonly Channel[]
  readonly clock: Clock
  readonly log: Logger
  readonly onEvent: (event: LiveEvent) => void
}

/** Connects and subscribes; beside the socket, and after each reconnection, REST lists the markets. */
export async function openFeed(flags: LiveFlags, options: OpenFeedOptions): Promise<OpenFeed> {
  const { connection, clock, log } = options
  const { series, events, markets } = flags
  const isDynamic = series !== undefined || events !== undefined
  const universe = isDynamic
    ? new Universe({ series: series ?? [], events: events ?? [], markets: markets ?? [] })
    : undefined
  const named = markets === undefined ? null : new Set(markets)
  if (named !== null && named.size > flags.maxMarkets) {
    // One that is forgotten while it trades would be asked for again and again.
    throw new KwsError('usage', `${named.size} markets are named, but --max-markets is ${flags.maxMarkets}: raise it`)
  }
  const channels = universe === undefined ? options.channels : withLifecycle(options.channels)
  const over = new AbortController()
  let list: (() => void) | undefined
  const feed = await LiveFeed.connect({
    url: connection.url,
    headers: connection.headers,
    clock,
    universe,
    subscriptions: wantedChannels(channels, universe?.markets ?? named),
    connections: flags.connections,
    bufferBytesMax: flags.maxBuffer,
    deflate: flags.deflate === true,
    snapshotSeconds: flags.snapshotEvery,
    ...(flags.maxReconnects === undefined ? {} : { reconnectsMax: flags.maxReconnects }),
    onEvent: event => {
      options.onEvent(event)
      if (hidesMarkets(event)) list?.()
    }
  })
  const rest = new RestClient({
    url: connection.restUrl,
    clock,
    record: (request, body) => feed.record(request, body)
  })
  const scope = scopeOf(universe, named, flags)
  let isListing = false
  let mustListAgain = false
  const listOnce = async () => {
    mustListAgain = isListing
    if (isListing) return
    isListing = true
    try {
      do {
        mustListAgain = false
        await listMarkets(rest, scope, over.signal)
      } while (mustListAgain && !over.signal.aborted)
    } catch (error) {
      if (!over.signal.aborted) log.warn(`${reasonOf(error)}; ${WITHOUT[scope.type]}`)
    } finally {
      isListing = false
    }
  }
  // A universe cannot do without.
  if (flags.seed || universe !== undefined) list = () => void listOnce()
  const seeded = list === undefined ? Promise.resolve() : listOnce()
  return { feed, universe, seeded, close: () => over.abort() }
}

/** Whether markets may have come and gone without a frame that told. */
function hidesMarkets(event: LiveEvent): boolean {
  if (event.type === 'reconnect') return true
  return (event.type === 'gap' || event.type === 'resubscribe') && event.channel === 'market_lifecycle_v2'
}

function scopeOf(universe: Universe | undefined, named: ReadonlySet<string> | null, flags: LiveFlags): ListingScope {
  if (universe !== undefined) return { type: 'universe', universe }
  if (named !== null) return { type: 'named', markets: named }
  return { type: 'all', multivariate: flags.multivariate === true }
}

/** What is missing where REST does not answer. */
const WITHOUT: Readonly<Record<ListingScope['type'], string>> = {
  universe: 'only markets that are created from now on are followed',
  named: 'the markets are known by what the socket tells alone',
  all: 'the markets are known by what the socket tells alone'
}

function withLifecycle(channels: readonly Channel[]): readonly Channel[] {
  return channels.includes('market_lifecycle_v2') ? channels : [...channels, 'market_lifecycle_v2']
}
