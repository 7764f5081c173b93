/**
 * What the codes of `error` frames mean (protocol reference, section 7). Codes are an open set: the exchange adds and
 * retires them.
 */
export interface ErrorCode {
  readonly name: string
  /** The subscription is dead: its `sid` says nothing more, and the markets must be subscribed to anew. */
  readonly terminal: boolean
}

/** The entry of a code, or undefined for one that the reference does not know. */
export function errorCode(code: number): ErrorCode | undefined {
  return ERROR_CODES.get(code)
}

export function isTerminal(code: number): boolean {
  return ERROR_CODES.get(code)?.terminal ?? false
}

const ERROR_CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [1, alive('Unable to process message')],
  [2, alive('Params required')],
  [3, alive('Channels required')],
  [4, alive('Subscription IDs required')],
  [5, alive('Unknown command')],
  [6, alive('Already subscribed')],
  [7, alive('Unknown subscription ID')],
  [8, alive('Unknown channel name')],
  [9, alive('Authentication required')],
  [10, terminal('Channel error')],
  [11, alive('Invalid parameter')],
  [12, alive('Exactly one subscription ID is required')],
  [13, alive('Unsupported action')],
  [14, alive('Market Ticker required')],
  [15, alive('Action required')],
  [16, alive('Market not found')],
  [17, terminal('Internal error')],
  [18, alive('Command timeout')],
  [19, alive('Shard factor must be greater than 0')],
  [20, alive('Shard factor required with shard key')],
  [21, alive('Shard key out of range')],
  [22, alive('Shard factor too large')],
  [23, alive('Match IDs required')],
  [24, alive('Index IDs required')],
  [25, terminal('Subscription buffer overflow')],
  [26, alive('Subscription market limit exceeded')],
  [27, alive('Too many requests')],
  [28, alive('Underlying tickers required')],
  [29, alive('Invalid update interval')]
])

function alive(name: string): ErrorCode {
  return { name, terminal: false }
}

function terminal(name: string): ErrorCode {
  return { name, terminal: true }
}
