#!/usr/bin/env node
// Makes the file that `npm install --global FILE` installs: what is shipped, compiled, with the npm packages and SQLite's library for this
// platform and this Node in it, so that nothing is compiled or fetched where it is installed.
//   node scripts/package.js [FOLDER]
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { thisNode } from '../bin/native.js'
import { bootstrap } from './bootstrap.js'
import { exec, lastLines } from './lib/exec.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { progressByTime } from './lib/progress.js'
import { copyPackages, copyShipped } from './lib/shipped.js'

const PACK_SEC = 5

exitOnFailure(makePackage(process.argv[2] ?? '.'))

/** @param {string} folder */
async function makePackage(folder) {
  await bootstrap()
  const staging = mkdtempSync(join(tmpdir(), 'dialwright-package-'))
  try {
    copyShipped(staging)
    copyPackages(staging)
    const { name, version } = bundleAll(staging)
    keepLibrary(staging)
    mkdirSync(resolve(folder), { recursive: true })
    const file = join(resolve(folder), `${name}-${version}-${process.platform}-${process.arch}-node${major()}.tgz`)
    const part = `${file}.part`
    await pack(staging, part)
    renameSync(part, file)
    process.stdout.write(`${file} (${(statSync(file).size / 1e6).toFixed(1)} MB)\n`)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/**
 * All packages come with ours: npm does not honour our overrides where ours is installed as somebody's package.
 * @param {string} staging
 */
function bundleAll(staging) {
  const manifest = readManifest(staging)
  const { devDependencies, scripts, allowScripts, ...rest } = manifest
  const bundleDependencies = Object.keys(manifest.dependencies)
  writeManifest(staging, { ...rest, bundleDependencies })
  writeFileSync(join(staging, 'bin/made-for.json'), JSON.stringify(thisNode()))
  return { name: String(manifest.name), version: String(manifest.version) }
}

/**
 * npm would compile SQLite whatever lies there, and would leave the library out: it is in no package of the registry.
 * @param {string} staging
 */
function keepLibrary(staging) {
  const sqlite = join(staging, 'node_modules/better-sqlite3')
  const { scripts, files, ...rest } = readManifest(sqlite)
  writeManifest(sqlite, { ...rest, gypfile: false })
  rmSync(join(sqlite, 'binding.gyp'), { force: true })
}

/**
 * The same file as `npm pack` makes of the folder, and the same bytes each time; npm itself looks at every file of every package for most of
 * a minute.
 * @param {string} staging
 * @param {string} file
 */
async function pack(staging, file) {
  const bar = progressByTime('packing', PACK_SEC)
  const names = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--mode=u+rw,go+r-w']
  const args = [
    ...names,
    '--transform=s,^\\.,package,',
    '--create',
    '--gzip',
    '--file',
    file,
    '--directory',
    staging,
    '.',
  ]
  const { code, stderr } = await exec('tar', args)
  if (code === 0) return bar.done()
  bar.fail()
  throw new SetupFailure('tar-failed', `tar failed: ${lastLines(stderr)}`, 1)
}

function major() {
  return process.versions.node.split('.')[0]
}

/**
 * @param {string} folder
 * @returns {Record<string, unknown> & { dependencies: Record<string, string> }}
 */
function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/**
 * @param {string} folder
 * @param {object} manifest
 */
function writeManifest(folder, manifest) {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}
