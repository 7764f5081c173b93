import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { KnownTexts } from '../../../src/exchange/recorded/known-texts.ts'

test('a text is read as it is, whatever was read before', () => {
  const texts = new KnownTexts()
  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('é', 'Ã©', 'KXA-1', 'KXA-2', ''))
  fc.assert(
    fc.property(text, given => {
      const bytes = Buffer.from(given)
      expect(texts.read(Buffer.from(`<${given}>`), 1, bytes.length + 1)).toBe(bytes.toString())
    }),
    { numRuns: 2_000 }
  )
})
