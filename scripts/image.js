#!/usr/bin/env node
// Builds the image without Docker and runs it. See `--help`.
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.js'
import { BASE_IMAGE, ensureBase } from './image/base.js'
import { buildImage, IMAGE } from './image/build.js'
import { createBuildah, IMAGE_TOOLS } from './image/buildah.js'
import { ensureCommands } from './lib/apt.js'
import { exec } from './lib/exec.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { IMAGES } from './lib/paths.js'
import { assertSandboxPossible } from './lib/sandboxInstall.js'
import { runInSandbox } from './lib/sandboxRun.js'

/** @import { Buildah } from './image/buildah.js' */

const HELP = `Usage: node scripts/image.js [prepare|build|try|clean] [--storage FOLDER]

Builds the image from the Dockerfile with Debian's buildah (root, Debian, no Docker needed), on a base made by debootstrap
with Node put in, and runs it beside a private Asterisk. Without a word: build, then try.

  prepare    install the tools only
  build      make the base if there is none, then the image
  try        init, doctor, simulate, serve until it is ready, a campaign, SIGTERM, the same volumes again, and SIGTERM
             while somebody talks
  clean      remove all images and the folder they are in

  --base IMAGE        build on this one, which the storage has, in place of the one by debootstrap
  --storage FOLDER    where images are kept (default: images, in the folder of the private Asterisk)
  --help              this text

One JSON object goes to standard output: seconds, and bytes of the image and of its base. Progress goes to standard error.
`
const INSIDE = fileURLToPath(new URL('image/tryInside.js', import.meta.url))
const STEPS = ['prepare', 'build', 'try', 'clean']

exitOnFailure(main(process.argv.slice(2)))

/** @param {string[]} args */
async function main(args) {
  const { values, positionals } = parseArgs({
    args,
    options: { base: { type: 'string' }, storage: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  })
  if (values.help) return void process.stdout.write(HELP)
  const unknown = positionals.find(step => !STEPS.includes(step))
  if (unknown !== undefined)
    throw new SetupFailure('usage', `${unknown} is no step: see node scripts/image.js --help`, 2)
  const storage = resolve(values.storage ?? IMAGES)
  assertSandboxPossible()
  await ensureCommands(IMAGE_TOOLS)
  for (const step of positionals.length > 0 ? positionals : ['build', 'try'])
    await run(step, { storage, base: values.base })
}

/**
 * @param {string} step
 * @param {{ storage: string, base: string | undefined }} options
 */
async function run(step, { storage, base }) {
  if (step === 'build') await build(createBuildah(storage), base)
  if (step === 'try') await tryOut(storage)
  if (step === 'clean') {
    await createBuildah(storage).run(['rm', '--all'])
    await createBuildah(storage).run(['rmi', '--all', '--force'])
    rmSync(storage, { recursive: true, force: true })
  }
}

/**
 * @param {Buildah} buildah
 * @param {string} [base]
 */
async function build(buildah, base = BASE_IMAGE) {
  const startedAt = Date.now()
  if (base === BASE_IMAGE) await ensureBase(buildah)
  const baseAt = Date.now()
  await buildImage(buildah, base)
  const [bytes, baseBytes] = [await sizeOf(buildah, IMAGE), await sizeOf(buildah, base)]
  const seconds = { base: (baseAt - startedAt) / 1000, image: (Date.now() - baseAt) / 1000 }
  process.stdout.write(`${JSON.stringify({ seconds, bytes, baseBytes, addedBytes: bytes - baseBytes })}\n`)
}

/**
 * What the files of an image take on a disk, in bytes.
 * @param {Buildah} buildah
 * @param {string} image
 */
async function sizeOf(buildah, image) {
  const container = await buildah.run(['from', '--pull-never', image])
  try {
    const { stdout } = await exec('du', ['-s', '-x', '--block-size=1', await buildah.run(['mount', container])])
    return Number.parseInt(stdout, 10)
  } finally {
    await buildah.run(['rm', container])
  }
}

/** @param {string} storage */
async function tryOut(storage) {
  // The people in the talk and the rules that permit it are made by the program's own modules.
  await bootstrap({ sandbox: true })
  const code = await runInSandbox([process.execPath, INSIDE, storage])
  if (code !== 0) throw new SetupFailure('image-wrong', 'image: what it says above is wrong.', code)
}
