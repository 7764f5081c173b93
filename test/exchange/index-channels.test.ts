import { expect, test } from 'vitest'
import { PracticeClient, startExchange } from './practice-client.ts'

test.each([
  {
    channel: 'cfbenchmarks_value',
    field: 'index_ids',
    actions: ['subscribe_indices', 'unsubscribe_indices', 'indexlist'],
    list: 'cfbenchmarks_value_indexlist'
  },
  {
    channel: 'cfbenchmarks_value_5hz',
    field: 'index_ids',
    actions: ['subscribe_indices', 'unsubscribe_indices', 'indexlist'],
    list: 'cfbenchmarks_value_5hz_indexlist'
  },
  {
    channel: 'pyth_value',
    field: 'underlying_tickers',
    actions: ['subscribe_underlyings', 'unsubscribe_underlyings', 'underlying_list'],
    list: 'pyth_value_underlying_list'
  }
])('$channel is added to, taken from and listed on one run of seq', async ({ channel, field, actions, list }) => {
  const client = await PracticeClient.connect(await startExchange({ rate: 0 }))
  await client.command('subscribe', { channels: [channel] })
  const [add, remove, tell] = actions
  const update = async (action: string | undefined, names?: readonly string[]) =>
    await client.command('update_subscription', { sid: 1, action, [field]: names })
  expect(await update(tell)).toMatchObject({ type: list, sid: 1, seq: 1, msg: { [field]: [] } })
  expect(await update(add, ['A', 'B'])).toMatchObject({ type: 'ok', sid: 1, seq: 2, msg: { [field]: ['A', 'B'] } })
  expect(await update(remove, ['A'])).toMatchObject({ type: 'ok', seq: 3, msg: { [field]: ['B'] } })
  expect(await update(add, ['all'])).toMatchObject({ type: 'ok', seq: 4, msg: { [field]: ['all'] } })
  // In all-mode, taking one away has no effect.
  expect(await update(remove, ['B'])).toMatchObject({ type: 'ok', seq: 5, msg: { [field]: ['all'] } })
  expect(await update(tell)).toMatchObject({ type: list, seq: 6, msg: { [field]: ['all'] } })
})
