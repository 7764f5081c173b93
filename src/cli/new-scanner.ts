import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { KwsError, reasonOf } from '../core/errors.ts'
import type { CommonFlags } from './common.ts'
import { addCommonOptions, print } from './common.ts'
import { scannerTemplate } from './scanner-template.ts'

const NAME = /^[a-z\d]+(-[a-z\d]+)*$/i

export function command(): Command {
  const command = new Command('new-scanner')
    .description('Writes a scanner into the working directory, which runs as it is and is there to be changed.')
    .argument('<name>', 'of the scanner and of its file, such as my-idea')
    .addHelpText('after', '\nExample:\n  kws new-scanner my-idea && kws replay --scanner ./my-idea.ts\n')
    .action(newScanner)
  return addCommonOptions(command)
}

async function newScanner(name: string, flags: CommonFlags): Promise<void> {
  if (!NAME.test(name)) {
    throw new KwsError('usage', `${name} is no name for a scanner: take letters, digits and dashes, such as my-idea`)
  }
  const file = `${name}.ts`
  await writeFile(file, scannerTemplate(name), { flag: 'wx' }).catch((error: unknown) => {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    const reason = isThere ? 'it is there already; choose another name' : reasonOf(error)
    throw new KwsError('storage', `cannot write ${file}: ${reason}`, { cause: error })
  })
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ type: 'scanner', file })}\n`)
  print(
    flags,
    `wrote ${file}; run it:`,
    `  kws replay --scanner ./${file}          # on the newest recording`,
    `  kws scan ./${file} --live               # on the exchange`
  )
}
