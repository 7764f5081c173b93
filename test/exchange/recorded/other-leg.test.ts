import { expect, test } from 'vitest'
import { onOtherLeg } from '../../../src/exchange/recorded/other-leg.ts'

test.each([
  [
    '{"type":"orderbook_delta","sid":1,"seq":5,"msg":{"side":"no","price_dollars":"0.0910","delta_fp":"-1.00","x":[1]}}',
    '{"type":"orderbook_delta","sid":7,"seq":9,"msg":{"side":"no","price_dollars":"0.9090","delta_fp":"-1.00","x":[1]}}\n'
  ],
  [
    '{"type":"orderbook_delta","sid":1,"seq":5,"msg":{"price":9,"price_dollars":"0.09","delta":3,"side":"no"}}',
    '{"type":"orderbook_delta","sid":7,"seq":9,"msg":{"price":91,"price_dollars":"0.91","delta":3,"side":"no"}}\n'
  ],
  [
    '{"sid":1,"msg":{"yes":[[3,10]],"no":[[4,20],[5,30]],"no_dollars":[["0.040",20],["0.050",30]]},"type":"orderbook_snapshot"}',
    '{"sid":7,"msg":{"yes":[[3,10]],"no":[[96,20],[95,30]],"no_dollars":[["0.960",20],["0.950",30]]},"type":"orderbook_snapshot"}\n'
  ]
])('the NO prices of %s are put on the other leg', (recorded, expected) => {
  expect(onOtherLeg(recorded, 7, 9)).toBe(expected)
})

test.each([
  '{"type":"orderbook_delta","sid":1,"seq":5,"msg":{"side":"yes","price_dollars":"0.0910","delta_fp":"-1.00"}}',
  '{"type":"orderbook_snapshot","sid":1,"seq":5,"msg":{"yes_dollars_fp":[["0.0100","1.00"]]}}',
  'no JSON'
])('%s has none', recorded => {
  expect(onOtherLeg(recorded, 7, 9)).toBeUndefined()
})
