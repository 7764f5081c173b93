// The process of one contestant of a race: does the work whenever it is told to, and tells how long it took.
const [file, input] = process.argv.slice(2)
const { prepare } = await import(new URL(`contestants/${file}.mjs`, import.meta.url).href)
const work = prepare(JSON.parse(input))

process.on('message', async () => {
  try {
    const run = await work
    const before = process.cpuUsage()
    const started = process.hrtime.bigint()
    const result = await run()
    const wall = Number(process.hrtime.bigint() - started)
    const { user, system } = process.cpuUsage(before)
    process.send({ wall, cpu: (user + system) * 1000, frames: result.frames, check: result.check?.() })
  } catch (error) {
    process.send({ error: error.stack })
  }
})
