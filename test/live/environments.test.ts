import { describe, expect, it } from 'vitest'
import { ENVIRONMENTS, isLoopback, webSocketUrl } from '../../src/live/environments.ts'

describe('URL of a WebSocket', () => {
  it.each(Object.values(ENVIRONMENTS))('%s is one, and asks for credentials', text => {
    expect(webSocketUrl(text).href).toBe(text)
    expect(isLoopback(webSocketUrl(text))).toBe(false)
  })

  it.each(['ws://127.0.0.1:8080/trade-api/ws/v2', 'ws://localhost/', 'wss://[::1]:1/', 'ws://127.9.9.9/'])(
    '%s is on this machine',
    text => {
      expect(isLoopback(webSocketUrl(text))).toBe(true)
    }
  )

  it.each(['ws://127.example.com/', 'ws://localhost.example.com/', 'ws://10.0.0.1/'])('%s is not', text => {
    expect(isLoopback(webSocketUrl(text))).toBe(false)
  })

  it.each(['nonsense', '', 'http://127.0.0.1/'])('"%s" is none', text => {
    expect(() => webSocketUrl(text)).toThrow('is no WebSocket URL: it begins with ws:// or wss://')
  })

  it('must hold no secret, since it gets into recordings', () => {
    expect(() => webSocketUrl('wss://me:hunter2@example.com/')).toThrow(
      /^leave user name and password out of the URL of example.com: the exchange takes keys$/
    )
  })
})
