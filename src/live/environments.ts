import { KwsError } from '../core/errors.ts'

/** Where the exchange listens (protocol reference, section 1). */
export const ENVIRONMENTS = {
  prod: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
  demo: 'wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2'
} as const

/** The roots of the REST endpoints beside it. */
export const REST_ROOTS: Readonly<Record<Environment, string>> = {
  prod: 'https://external-api.kalshi.com/trade-api/v2',
  demo: 'https://external-api.demo.kalshi.co/trade-api/v2'
}

/** Keys of one do not work on the other. */
export type Environment = keyof typeof ENVIRONMENTS

/** Throws a `KwsError` where the text is no WebSocket's URL, or holds what must not get into a recording. */
export function webSocketUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'ws:' && url.protocol !== 'wss:')) {
    throw new KwsError('usage', `${text} is no WebSocket URL: it begins with ws:// or wss://`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new KwsError('usage', `leave user name and password out of the URL of ${url.host}: the exchange takes keys`)
  }
  return url
}

/** On this machine, where credentials may be left out. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
