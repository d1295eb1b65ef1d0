#!/usr/bin/env node
// The launcher of the compiled program. In a clone, where the sources lie beside it, it compiles when src is newer than
// dist, so that `npx dialwright` is always what the sources say. A package or an image has neither sources nor scripts.
import { existsSync } from 'node:fs'
import { libraryFits } from './native.js'

start()

async function start() {
  if (existsSync(new URL('../src', import.meta.url)) && !(await cloneIsReady())) return
  if (!(await libraryFits())) return
  const program = await import('#dialwright/cli/main.js')
  await program.main?.(process.argv)
}

async function cloneIsReady() {
  const { prepareClone } = await import('../scripts/lib/clone.js')
  return prepareClone()
}
