// The programs that kws is compared with. They are installed in this folder, apart from the product, which needs none
// of them and would be several times as large with them.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

export const INSTALL_PEERS = 'npm ci --prefix bench --ignore-scripts'

const load = createRequire(import.meta.url)

/** The module of a peer, or one of its files. */
export function peer(name) {
  return load(name)
}

/** Undefined where it is not installed. */
export function versionOfPeer(name) {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined
}
