// What figures depend on: the machine, the runtime, and the versions of what is compared.
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { versionOfPeer } from './peers.mjs'

export function machine() {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const peers = ['tardis-dev', 'pmxt-core'].map(name => [name, versionOfPeer(name) ?? 'not installed'])
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version.slice(1),
    versions: { 'apache-arrow': dependencies['apache-arrow'], zod: dependencies.zod, ...Object.fromEntries(peers) }
  }
}

export function describeMachine({ cpu, cores, memoryGiB, platform, node, versions }) {
  const others = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}; Node ${node}; ${others.join(', ')}`
}
