import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { connectionFrom } from '../../src/cli/connection.ts'
import { systemClock } from '../../src/core/clock.ts'
import { temporaryFolder } from '../temporary.ts'

/** A connection whose key is in a file of this mode, and what was logged over it. */
function connect(folder: string, mode: number): { headers: Readonly<Record<string, string>>; logged: string } {
  const file = join(folder, 'private-key.pem')
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  chmodSync(file, mode)
  let logged = ''
  const log = pino({}, { write: line => (logged += line) })
  const flags = { env: 'demo', keyId: 'key-1', privateKeyPath: file } as const
  return { headers: connectionFrom(flags, systemClock(), log).headers(), logged }
}

it('warns of a key that others can read, unless it is a credential of the service itself', () => {
  const folder = temporaryFolder()
  expect(connect(folder, 0o600).logged).toBe('')
  expect(connect(folder, 0o640).logged).toMatch(/private-key\.pem is readable by others: chmod 600 it/)
  process.env['CREDENTIALS_DIRECTORY'] = folder
  onTestFinished(() => void delete process.env['CREDENTIALS_DIRECTORY'])
  const { headers, logged } = connect(folder, 0o640)
  expect(logged).toBe('')
  expect(Object.keys(headers)).toEqual(['KALSHI-ACCESS-KEY', 'KALSHI-ACCESS-TIMESTAMP', 'KALSHI-ACCESS-SIGNATURE'])
})
