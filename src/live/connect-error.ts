import { KwsError, reasonOf } from '../core/errors.ts'

/** A connection that did not come about, as one line with what to do. */
export function connectError(url: string, error: Error): KwsError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return new KwsError('connection', `cannot connect to ${url}: ${ADVICE[code] ?? reasonOf(error)}`, { cause: error })
}

/** An upgrade that the server answered with another status than 101 (protocol reference, section 2). */
export function refusedUpgrade(url: string, status: number): KwsError {
  const refused = `${url} refused the connection with HTTP ${status}`
  switch (status) {
    case 401:
    case 403:
      return new KwsError(
        'credentials',
        `${refused}: check that the key id and private key belong together, that the key is of this environment (prod and demo keys differ), and this machine's clock`
      )
    case 404:
      return new KwsError('connection', `${refused}: check the path, it is usually /trade-api/ws/v2`)
    case 429:
      return new KwsError('connection', `${refused}: too many connections or attempts, wait a while`)
    case 503:
      return new KwsError(
        'connection',
        `${refused}: the exchange may be in maintenance (Thursdays 3 to 5 am ET), try later`
      )
    default:
      return new KwsError('connection', refused)
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED), check host and port',
  ENOTFOUND: 'the host is not known (ENOTFOUND), check the URL and the network',
  EAI_AGAIN: 'the name could not be looked up (EAI_AGAIN), check the network',
  ETIMEDOUT: 'no answer (ETIMEDOUT), check the network',
  EHOSTUNREACH: 'the host is out of reach (EHOSTUNREACH), check the network'
}
