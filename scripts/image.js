#!/usr/bin/env node
// Builds the image without Docker and runs it. See `--help`.
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.js'
import { BASE_IMAGE, ensureBase, ensurePbxBase, fetchNode, PBX_BASE_IMAGE } from './image/base.js'
import { buildImage, buildPbxImage, IMAGE, PBX_IMAGE } from './image/build.js'
import { createBuildah, IMAGE_TOOLS } from './image/buildah.js'
import { libraryFor } from './image/library.js'
import { ensureCommands } from './lib/apt.js'
import { exec } from './lib/exec.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { IMAGES } from './lib/paths.js'
import { assertSandboxPossible } from './lib/sandboxInstall.js'
import { runInSandbox } from './lib/sandboxRun.js'

/** @import { Buildah } from './image/buildah.js' */

/** @typedef {{ storage: string, base: string | undefined, compile: boolean }} Options */

const HELP = `Usage: node scripts/image.js [prepare|build|asterisk|try|compose|clean] [--storage FOLDER]

Builds the images of the daemon and of compose.yaml's PBX from their Dockerfiles with Debian's buildah (root, Debian, no Docker
needed), on bases of Debian's packages, the daemon's with Node put in, and runs them. Without a word: build, asterisk, try, compose.

  prepare    install the tools only
  build      make the base if there is none, then the daemon's image
  asterisk   the same for the PBX's image, on Debian sid
  try        the daemon's image beside a private Asterisk: init, doctor, simulate, serve until it is ready, a campaign, SIGTERM, the
             same volumes again, and SIGTERM while somebody talks, who ends their talk in time or goes on
  compose    both images beside each other, with what compose.yaml mounts: doctor, a talk, SIGTERM
  clean      remove all images and the folder they are in

  --base IMAGE        build on this one, which the storage has, in place of the one of Debian's packages
  --compile           let the image's own stage compile SQLite, as where nothing can be fetched; otherwise the one that this
                      machine has compiled for its own Node is linked with what the image's Node wants, and lent to the build
  --storage FOLDER    where images are kept (default: images, in the folder of the private Asterisk)
  --help              this text

One JSON object a step goes to standard output: seconds, bytes of the image, and what of them the program adds to the last stage's base;
milliseconds from the start until it is ready. Progress goes to standard error.
`
const STEPS = ['prepare', 'build', 'asterisk', 'try', 'compose', 'clean']
const ALL = ['build', 'asterisk', 'try', 'compose']

exitOnFailure(main(process.argv.slice(2)))

/** @param {string[]} args */
async function main(args) {
  const { values, positionals } = parseArgs({
    args,
    options: {
      base: { type: 'string' },
      compile: { type: 'boolean', default: false },
      storage: { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  if (values.help) return void process.stdout.write(HELP)
  const unknown = positionals.find(step => !STEPS.includes(step))
  if (unknown !== undefined)
    throw new SetupFailure('usage', `${unknown} is no step: see node scripts/image.js --help`, 2)
  const storage = resolve(values.storage ?? IMAGES)
  assertSandboxPossible()
  await ensureCommands(IMAGE_TOOLS)
  for (const step of positionals.length > 0 ? positionals : ALL)
    await run(step, { storage, base: values.base, compile: values.compile })
}

/**
 * @param {string} step
 * @param {Options} options
 */
async function run(step, { storage, ...options }) {
  if (step === 'build') await build(createBuildah(storage), { storage, ...options })
  if (step === 'asterisk') await buildPbx(createBuildah(storage))
  if (step === 'try') await play('tryInside.js', storage)
  if (step === 'compose') await play('pbxInside.js', storage)
  if (step === 'clean') {
    await createBuildah(storage).run(['rm', '--all'])
    await createBuildah(storage).run(['rmi', '--all', '--force'])
    rmSync(storage, { recursive: true, force: true })
  }
}

/**
 * @param {Buildah} buildah
 * @param {Options} options
 */
async function build(buildah, { base = BASE_IMAGE, storage, compile }) {
  const startedAt = Date.now()
  const prebuilds = base === BASE_IMAGE ? await makeBase(buildah, { storage, compile }) : undefined
  const baseAt = Date.now()
  await buildImage(buildah, { base, prebuilds })
  const seconds = { base: (baseAt - startedAt) / 1000, image: (Date.now() - baseAt) / 1000 }
  // The last stage is its base without npm and headers, and the program.
  const [bytes, addedBytes] = await bytesIn(buildah, IMAGE, ['/', '/app'])
  process.stdout.write(`${JSON.stringify({ seconds, bytes, addedBytes })}\n`)
}

/**
 * The base of Debian's packages and, unless the image is to compile it itself, SQLite's library for the Node in it.
 * @param {Buildah} buildah
 * @param {{ storage: string, compile: boolean }} options
 */
async function makeBase(buildah, { storage, compile }) {
  /** @type {Promise<string> | undefined} */
  let fetching
  const fetchOnce = () => (fetching ??= fetchNode())
  try {
    const library = compile ? undefined : libraryFor(storage, fetchOnce)
    const [, prebuilds] = await Promise.all([ensureBase(buildah, fetchOnce), library])
    return prebuilds
  } finally {
    if (fetching !== undefined) rmSync(await fetching, { recursive: true })
  }
}

/**
 * What folders of an image take on a disk, in bytes.
 * @param {Buildah} buildah
 * @param {string} image
 * @param {readonly string[]} folders
 */
async function bytesIn(buildah, image, folders) {
  const container = await buildah.run(['from', '--pull-never', image])
  try {
    const root = await buildah.run(['mount', container])
    const sizes = folders.map(folder => exec('du', ['-s', '-x', '--block-size=1', join(root, folder)]))
    return (await Promise.all(sizes)).map(({ stdout }) => Number.parseInt(stdout, 10))
  } finally {
    await buildah.run(['rm', container])
  }
}

/** @param {Buildah} buildah */
async function buildPbx(buildah) {
  const startedAt = Date.now()
  await ensurePbxBase(buildah)
  const baseAt = Date.now()
  await buildPbxImage(buildah, PBX_BASE_IMAGE)
  const seconds = { base: (baseAt - startedAt) / 1000, image: (Date.now() - baseAt) / 1000 }
  const [bytes] = await bytesIn(buildah, PBX_IMAGE, ['/'])
  process.stdout.write(`${JSON.stringify({ seconds, bytes })}\n`)
}

/**
 * @param {string} script
 * @param {string} storage
 */
async function play(script, storage) {
  await bootstrap({ sandbox: true })
  const inside = fileURLToPath(new URL(`image/${script}`, import.meta.url))
  const code = await runInSandbox([process.execPath, inside, storage])
  if (code !== 0) throw new SetupFailure('image-wrong', 'image: what it says above is wrong.', code)
}
