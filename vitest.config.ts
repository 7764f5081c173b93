import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    // Loading the sources anew for each file takes longer than most tests do. Nothing that is tested keeps state of its own.
    isolate: false,
    maxWorkers: '100%',
    expect: { requireAssertions: true },
    testTimeout: 30_000,
    hookTimeout: 60_000
  }
})
