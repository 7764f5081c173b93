// The process of one contestant of a race: does the work whenever it is told to, and tells how long it took. With
// `whole` as its last argument it does it once, and all since the start of the process counts.
import { readFileSync } from 'node:fs'

const [file, input, how] = process.argv.slice(2)
const isWhole = how === 'whole'

process.on('message', async () => {
  try {
    const { prepare } = await import(new URL(`contestants/${file}.mjs`, import.meta.url).href)
    work ??= await prepare(JSON.parse(input))
    const before = isWhole ? undefined : process.cpuUsage()
    const started = isWhole ? 0 : performance.now()
    const result = await work()
    const wall = (performance.now() - started) * 1e6
    const { user, system } = process.cpuUsage(before)
    process.send({
      wall,
      cpu: (user + system) * 1000,
      frames: result.frames,
      peakBytes: peakBytes(),
      check: result.check()
    })
  } catch (error) {
    process.send({ error: error.stack })
  }
})
let work

/** Linux counts what the process that forked this one held into `maxRSS`; its own account does not. */
function peakBytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024
  return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
}
