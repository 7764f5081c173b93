import type { FrameBatch } from '../core/frame.ts'
import type { OnFault } from '../recording/segment-fault.ts'
import type { Recording } from '../recording/recording.ts'
import { segmentBatches } from '../recording/recording.ts'
import { cacheKey, cachePath } from './cache-key.ts'
import { CacheFile } from './cache-file.ts'
import { decodeSegment } from './decode-segment.ts'
import { Making } from './making.ts'
import { batchesWith } from './segment-index.ts'
import { Thinner } from './thinner.ts'

export interface CacheOptions {
  /** Frames that speak of other markets alone may be left out, as far as nothing depends on them. Default: none are. */
  readonly wants?: (ticker: string) => boolean
  /** Told why a cache was not used or not made, which changes nothing but the time that it takes. */
  readonly onNote?: (note: string) => void
  /** Of the batches of a cache that is made now. Default: 4096. */
  readonly batchRows?: number
}

/**
 * A recording whose batches say what their frames say as columns, from the caches of its segments where they are there
 * and fit. Where one is missing the segment is decoded, and its cache made on the way. Only payloads that are needed
 * beside the columns are in the batches: for a pipeline, not for who wants the frames.
 */
export class CachedRecording implements Recording {
  readonly path: Recording['path']
  readonly manifest: Recording['manifest']
  readonly session: Recording['session']
  readonly filtered: Recording['filtered']
  readonly segments: Recording['segments']
  readonly faults: Recording['faults']
  readonly #thinner: Thinner | undefined
  readonly #onNote: (note: string) => void
  readonly #batchRows: number | undefined
  #fromCache = 0

  constructor(recording: Recording, { wants, onNote = () => {}, batchRows }: CacheOptions = {}) {
    this.path = recording.path
    this.manifest = recording.manifest
    this.session = recording.session
    this.filtered = recording.filtered
    this.segments = recording.segments
    this.faults = recording.faults
    this.#thinner = wants && new Thinner(wants)
    this.#onNote = onNote
    this.#batchRows = batchRows
  }

  /** Frames that were left out so far. */
  get leftOut(): number {
    return this.#thinner?.leftOut ?? 0
  }

  /** Segments whose cache was there. */
  get segmentsFromCache(): number {
    return this.#fromCache
  }

  async *batches(onFault?: OnFault): AsyncGenerator<FrameBatch, void, undefined> {
    if (onFault !== undefined) this.faults.forEach(onFault)
    for (const segment of this.segments) yield* this.#segment(segment, onFault)
  }

  async *#segment(file: string, onFault: OnFault | undefined): AsyncGenerator<FrameBatch, void, undefined> {
    const key = await cacheKey(file, this.manifest)
    const cache = key === undefined ? undefined : await this.#open(file, key)
    if (cache === undefined) return yield* this.#decode(file, key, 0, onFault)
    this.#fromCache++
    let rows: number | undefined
    try {
      rows = yield* this.#thinner === undefined ? allOf(cache) : chosenOf(cache, this.#thinner)
    } finally {
      await cache.close()
    }
    if (rows === undefined) return
    this.#onNote(`the cache of ${file} is damaged: it is made anew`)
    yield* this.#decode(file, key, rows, onFault)
  }

  async #open(file: string, key: string): Promise<CacheFile | undefined> {
    const cache = await CacheFile.open(cachePath(file), key)
    if (cache instanceof CacheFile) return cache
    this.#onNote(`the cache of ${file} is ${cache}`)
    return undefined
  }

  /** From a row on. Writes the cache of a segment that has a key, if that can be written and the segment read whole. */
  async *#decode(
    file: string,
    key: string | undefined,
    from: number,
    onFault: OnFault | undefined
  ): AsyncGenerator<FrameBatch, void, undefined> {
    let isWhole = true
    const noteFault: OnFault = fault => {
      isWhole = false
      onFault?.(fault)
    }
    const making = key === undefined ? undefined : await Making.begin(file, key, this.#onNote)
    let rows = 0
    let last: FrameBatch | undefined
    try {
      const stored = segmentBatches(file, this.manifest, noteFault)
      for await (const batch of decodeSegment(stored, this.#batchRows)) {
        await making?.append(batch)
        if (rows >= from) yield* this.#thinner === undefined ? [batch] : this.#thinner.add(batch)
        rows += batch.length
        last = batch
      }
      if (last?.decoded !== undefined) yield* this.#thinner?.end(last.decoded) ?? []
      if (isWhole) await making?.seal()
    } finally {
      await making?.close()
    }
  }
}

/** Gives the number of rows before a batch that is damaged; undefined where none is. */
async function* allOf(cache: CacheFile): AsyncGenerator<FrameBatch, number | undefined, undefined> {
  let rows = 0
  for (const number of cache.index.batches.keys()) {
    const batch = await cache.batch(number)
    if (batch === undefined) return rows
    yield batch
    rows += batch.length
  }
  return undefined
}

/** The same, of the frames that are wanted; batches in which there is none are not even read. */
async function* chosenOf(
  cache: CacheFile,
  thinner: Thinner
): AsyncGenerator<FrameBatch, number | undefined, undefined> {
  const { index } = cache
  const { tickers } = index
  const needed = batchesWith(
    index,
    [...tickers.keys()].filter(market => thinner.isWanted(tickers, market))
  )
  let [rows, times] = [0, 0]
  for (const [number, summary] of index.batches.entries()) {
    if (needed[number] === true) {
      const batch = await cache.batch(number)
      if (batch === undefined) return rows
      yield* thinner.add(batch)
    } else {
      yield* thinner.addTimes(summary, index.times.subarray(times, times + summary.times), tickers)
    }
    rows += summary.rows
    times += summary.times
  }
  yield* thinner.end(index)
  return undefined
}
