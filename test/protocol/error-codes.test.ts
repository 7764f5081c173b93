import { expect, test } from 'vitest'
import { errorCode, isTerminal } from '../../src/protocol/error-codes.ts'

test('the terminal codes are 10, 17 and 25', () => {
  expect(Array.from({ length: 100 }, (_, code) => code).filter(isTerminal)).toEqual([10, 17, 25])
})

test('every code of the reference has a name, and other codes have none', () => {
  for (let code = 1; code <= 29; code++) expect(errorCode(code)?.name).toMatch(/^[A-Z]/)
  expect(errorCode(0)).toBeUndefined()
  expect(errorCode(30)).toBeUndefined()
})
