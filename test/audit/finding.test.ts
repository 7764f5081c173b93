import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { IS_FAULT } from '../../src/audit/finding.ts'

it('every type of finding is in the documentation, as the fault or the information that it is', () => {
  const rows = readFileSync('docs/verify.md', 'utf8').matchAll(/^\| `(\w+)` \| (fault|information) \|/gm)
  const told = Object.fromEntries(Array.from(rows, ([, type = '', severity]) => [type, severity === 'fault']))
  expect(told).toEqual(IS_FAULT)
})
