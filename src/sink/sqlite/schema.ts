/** `PRAGMA user_version` of the databases that this code reads and writes. To be raised with every change of a table. */
export const SCHEMA_VERSION = 1
/** `PRAGMA application_id`: tells a database of kws from any other ("kwsP"). */
export const APPLICATION_ID = 0x6b_77_73_50

/** The tables that rows are appended to, beside `markets`. */
export const ROW_TABLES = ['updates', 'trades', 'lifecycle', 'interruptions'] as const
export type RowTable = (typeof ROW_TABLES)[number]

/**
 * A row's frame: by these a row is known when its frame comes again. Two frames of one connection can share their
 * receive time, in captures with milliseconds; the checksum (CRC-32 of the payload) tells them apart.
 */
const FRAME = `
  received_at INTEGER NOT NULL,
  connection INTEGER NOT NULL,
  checksum INTEGER NOT NULL`

/** Times are nanoseconds since 1970, prices 1e-4 dollar, counts 1e-2 contract: docs/stream.md. */
const TABLES = `
CREATE TABLE markets (
  id INTEGER PRIMARY KEY,
  ticker TEXT NOT NULL UNIQUE,
  event_ticker TEXT NOT NULL,
  series_ticker TEXT NOT NULL,
  title TEXT,
  open_time INTEGER,
  close_time INTEGER,
  is_paused INTEGER,
  determined_at INTEGER,
  settled_at INTEGER,
  result TEXT,
  settlement_value INTEGER,
  price_level_structure TEXT,
  updated_at INTEGER
) STRICT;
CREATE INDEX markets_by_event ON markets (event_ticker);
CREATE INDEX markets_by_series ON markets (series_ticker);

CREATE TABLE updates (
  id INTEGER PRIMARY KEY,
  market_id INTEGER NOT NULL REFERENCES markets (id),${FRAME},
  exchange_time INTEGER,
  source TEXT NOT NULL,
  bid INTEGER,
  ask INTEGER,
  bid_size INTEGER,
  ask_size INTEGER,
  last_price INTEGER,
  volume INTEGER,
  open_interest INTEGER
) STRICT;
CREATE UNIQUE INDEX updates_by_market ON updates (market_id, received_at, connection, checksum);
CREATE INDEX updates_by_time ON updates (received_at);

CREATE TABLE trades (
  id INTEGER PRIMARY KEY,
  market_id INTEGER NOT NULL REFERENCES markets (id),${FRAME},
  exchange_time INTEGER,
  trade_id TEXT UNIQUE,
  yes_price INTEGER NOT NULL,
  no_price INTEGER NOT NULL,
  count INTEGER NOT NULL,
  taker_side TEXT NOT NULL,
  is_block_trade INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX trades_by_market ON trades (market_id, received_at, connection, checksum);
CREATE INDEX trades_by_time ON trades (received_at);

CREATE TABLE lifecycle (
  id INTEGER PRIMARY KEY,${FRAME},
  type TEXT NOT NULL,
  event_type TEXT,
  market_id INTEGER REFERENCES markets (id),
  event_ticker TEXT NOT NULL,
  payload TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX lifecycle_by_time ON lifecycle (received_at, connection, checksum);
CREATE INDEX lifecycle_by_market ON lifecycle (market_id, received_at);
CREATE INDEX lifecycle_by_event ON lifecycle (event_ticker, received_at);

CREATE TABLE interruptions (
  id INTEGER PRIMARY KEY,${FRAME},
  kind TEXT NOT NULL,
  sid INTEGER,
  frames_lost INTEGER,
  reason TEXT
) STRICT;
CREATE UNIQUE INDEX interruptions_by_time ON interruptions (received_at, connection, checksum);
`

const VIEWS = `
CREATE VIEW markets_view AS
SELECT ticker, event_ticker, series_ticker, title,
  ${rfc3339('open_time')}, ${rfc3339('close_time')}, is_paused,
  ${rfc3339('determined_at')}, ${rfc3339('settled_at')},
  result, ${dollars('settlement_value')}, price_level_structure, ${rfc3339('updated_at')}
FROM markets;

CREATE VIEW updates_view AS
SELECT u.id, m.ticker AS market_ticker, m.event_ticker, m.series_ticker, ${updateColumns()}
FROM updates u JOIN markets m ON m.id = u.market_id;

CREATE VIEW latest_view AS
SELECT m.ticker AS market_ticker, m.event_ticker, m.series_ticker, ${updateColumns()}
FROM markets m JOIN updates u ON u.id = (
  SELECT id FROM updates WHERE market_id = m.id ORDER BY received_at DESC, id DESC LIMIT 1
);

CREATE VIEW trades_view AS
SELECT t.id, m.ticker AS market_ticker, m.event_ticker, m.series_ticker,
  ${rfc3339('received_at', 't')}, ${rfc3339('exchange_time', 't')}, t.trade_id,
  ${dollars('yes_price', 't')}, ${dollars('no_price', 't')}, ${contracts('count', 't')},
  t.taker_side, t.is_block_trade
FROM trades t JOIN markets m ON m.id = t.market_id;

CREATE VIEW lifecycle_view AS
SELECT l.id, ${rfc3339('received_at', 'l')}, l.type, l.event_type, m.ticker AS market_ticker, l.event_ticker, l.payload
FROM lifecycle l LEFT JOIN markets m ON m.id = l.market_id;

CREATE VIEW interruptions_view AS
SELECT id, ${rfc3339('received_at')}, connection, kind, sid, frames_lost, reason FROM interruptions;
`

export const SCHEMA = `${TABLES}${VIEWS}
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`

function updateColumns(): string {
  return `
  ${rfc3339('received_at', 'u')}, ${rfc3339('exchange_time', 'u')}, u.source,
  ${dollars('bid', 'u')}, ${dollars('ask', 'u')}, ${contracts('bid_size', 'u')}, ${contracts('ask_size', 'u')},
  ${dollars('last_price', 'u')}, ${contracts('volume', 'u')}, ${contracts('open_interest', 'u')}`
}

/** With nine decimals, as kws writes times everywhere; null stays null. */
function rfc3339(column: string, table?: string): string {
  const time = qualified(column, table)
  const whole = `strftime('%Y-%m-%dT%H:%M:%S', ${time} / 1000000000, 'unixepoch')`
  return `${whole} || printf('.%09dZ', ${time} % 1000000000) AS ${column}`
}

function dollars(column: string, table?: string): string {
  return `${qualified(column, table)} / 10000.0 AS ${column}`
}

function contracts(column: string, table?: string): string {
  return `${qualified(column, table)} / 100.0 AS ${column}`
}

function qualified(column: string, table: string | undefined): string {
  return table === undefined ? column : `${table}.${column}`
}
