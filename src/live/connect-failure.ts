import { KwsError, reasonOf } from '../core/errors.ts'

/** An attempt to connect that came to nothing. */
export interface ConnectFailure {
  /** One line with what to do. */
  readonly error: KwsError
  /** When it happens before the first connection: somebody has to do something. Later it may pass: networks and clocks come back. */
  readonly isFatalAtFirst: boolean
  /** The next attempt must not come before so many seconds; the backoff comes on top. */
  readonly leastSeconds: number
}

/** No upgrade was answered: the host, the network or the certificate. */
export function unreachable(url: string, error: Error): ConnectFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const { advice = reasonOf(error), passes = false } = CAUSES[code] ?? ofCertificate(code) ?? ofHandshake(error)
  return {
    error: new KwsError('connection', `cannot connect to ${url}: ${advice}`, { cause: error }),
    isFatalAtFirst: !passes,
    leastSeconds: 0
  }
}

/** An upgrade that the server answered with another status than 101 (protocol reference, section 2). */
export function refusedUpgrade(url: string, status: number, retryAfterSeconds: number | undefined): ConnectFailure {
  const refused = `${url} refused the connection with HTTP ${status}`
  const failure = (advice: string, details: Partial<ConnectFailure>, code: KwsError['code'] = 'connection') => ({
    error: new KwsError(code, `${refused}${advice === '' ? '' : `: ${advice}`}`),
    isFatalAtFirst: true,
    leastSeconds: retryAfterSeconds ?? 0,
    ...details
  })
  switch (status) {
    case 401:
    case 403:
      return failure(CREDENTIALS_ADVICE, { leastSeconds: REFUSED_SECONDS }, 'credentials')
    case 404:
      return failure('check the path, it is usually /trade-api/ws/v2', {})
    case 429:
      return failure('too many connections or attempts, wait a while', {
        isFatalAtFirst: false,
        // The exchange names no time (section 14), so one is chosen that no budget outlasts.
        leastSeconds: retryAfterSeconds ?? THROTTLED_SECONDS
      })
    case 500:
    case 502:
    case 503:
    case 504:
      return failure('the exchange may be in maintenance (Thursdays 3 to 5 am ET), try later', {
        isFatalAtFirst: false
      })
    default:
      return failure('', {})
  }
}

/** `Retry-After` in seconds; as a date it is not read, since clocks differ. */
export function retryAfterSeconds(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,5}$/.test(header) ? Number(header) : undefined
}

/** Asked again at once, an exchange that refuses a key may lock it. */
const REFUSED_SECONDS = 5
const THROTTLED_SECONDS = 10

const CREDENTIALS_ADVICE =
  "check that the key id and private key belong together, that the key is of this environment (prod and demo keys differ), and this machine's clock"

interface Cause {
  readonly advice?: string
  readonly passes?: boolean
}

const CAUSES: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: { advice: 'nothing listens there (ECONNREFUSED), check host and port' },
  ENOTFOUND: { advice: 'the host is not known (ENOTFOUND), check the URL and the network' },
  EAI_AGAIN: { advice: 'the name could not be looked up (EAI_AGAIN), check the network', passes: true },
  ETIMEDOUT: { advice: 'no answer (ETIMEDOUT), check the network', passes: true },
  ENETUNREACH: { advice: 'the network is out of reach (ENETUNREACH), check it', passes: true },
  EHOSTUNREACH: { advice: 'the host is out of reach (EHOSTUNREACH), check the network', passes: true },
  ECONNRESET: { advice: 'the connection was reset (ECONNRESET), try later', passes: true },
  EPROTO: { advice: 'it does not speak TLS (EPROTO), check the port, or begin the URL with ws://' }
}

function ofCertificate(code: string): Cause | undefined {
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)
  return isCertificate
    ? { advice: `its certificate is not trusted (${code}): check the URL and this machine's clock` }
    : undefined
}

/** What the WebSocket library tells in words only. */
function ofHandshake({ message }: Error): Cause {
  return message.includes('handshake has timed out')
    ? { advice: 'no answer in time, check the network', passes: true }
    : {}
}
