import { z } from 'zod'
import type { Microseconds } from '../../core/time.ts'
import { required, timeFromMilliseconds } from '../eras.ts'
import type { IndexAverage } from '../messages/index-feeds.ts'
import { reader } from './reader.ts'
import { frame, integer, text } from './wire.ts'

/** Channels `cfbenchmarks_value`, `cfbenchmarks_value_5hz` and `pyth_value` (section 11.11). */

const value = z.union([z.string(), z.number()])

const averageSchema = z.strictObject({
  value,
  window_size: z.int(),
  window_start_ts_ms: z.int(),
  window_end_ts_exclusive: z.int()
})

export const readCfbenchmarksValue = reader(
  frame(['cfbenchmarks_value'], {
    index_id: z.string(),
    received_at: integer,
    data: text,
    avg_60s_data: averageSchema.nullish(),
    last_60s_windowed_average_15min: averageSchema.nullish()
  }),
  ({ msg }, envelope) => ({
    type: 'cfbenchmarks_value',
    indexId: msg.index_id,
    data: msg.data ?? null,
    average60s: averageOf(msg.avg_60s_data),
    lastMinuteAverage: averageOf(msg.last_60s_windowed_average_15min),
    receivedTime: timeFromMilliseconds('received_at', msg.received_at),
    ...envelope
  })
)

export const readCfbenchmarks5hzValue = reader(
  frame(['cfbenchmarks_value_5hz'], {
    index_id: z.string(),
    value_usd: value,
    source_ts_ms: integer,
    received_at: integer,
    data: text
  }),
  ({ msg }, envelope) => ({
    type: 'cfbenchmarks_value_5hz',
    indexId: msg.index_id,
    value: String(msg.value_usd),
    data: msg.data ?? null,
    sourceTime: timeFromMilliseconds('source_ts_ms', msg.source_ts_ms),
    receivedTime: timeFromMilliseconds('received_at', msg.received_at),
    ...envelope
  })
)

export const readPythValue = reader(
  frame(['pyth_value'], {
    underlying_ticker: z.string(),
    value_usd: value,
    source_ts_ms: integer,
    received_at: integer
  }),
  ({ msg }, envelope) => ({
    type: 'pyth_value',
    underlyingTicker: msg.underlying_ticker,
    value: String(msg.value_usd),
    sourceTime: timeFromMilliseconds('source_ts_ms', msg.source_ts_ms),
    receivedTime: timeFromMilliseconds('received_at', msg.received_at),
    ...envelope
  })
)

export const readIndexList = reader(
  frame(['cfbenchmarks_value_indexlist', 'cfbenchmarks_value_5hz_indexlist'], { index_ids: z.array(z.string()) }),
  ({ type, msg }, envelope) => ({ type, indexIds: msg.index_ids, ...envelope })
)

export const readUnderlyingList = reader(
  frame(['pyth_value_underlying_list'], { underlying_tickers: z.array(z.string()) }),
  ({ type, msg }, envelope) => ({ type, underlyingTickers: msg.underlying_tickers, ...envelope })
)

function averageOf(average: z.infer<typeof averageSchema> | null | undefined): IndexAverage | null {
  if (average === null || average === undefined) return null
  return {
    value: String(average.value),
    windowSize: average.window_size,
    windowStart: windowTime('window_start_ts_ms', average.window_start_ts_ms),
    windowEnd: windowTime('window_end_ts_exclusive', average.window_end_ts_exclusive)
  }
}

function windowTime(field: string, milliseconds: number): Microseconds {
  return required(field, timeFromMilliseconds(field, milliseconds))
}
