import { execFileSync } from 'node:child_process'

/** The end-to-end tests run `bin/kws`, which runs `dist/`: compile it once, so that they test what the sources say. */
export default function build(): void {
  execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.json'], { stdio: 'inherit' })
}
