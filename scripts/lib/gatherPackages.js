import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'
import { PROJECT } from './paths.js'

// A start reads some 2000 files of npm packages, one by one, and that takes longer than all it does with them. So each package that the
// program names is gathered into one file, below dist; what several of them need is in one file beside them, and is loaded once.

/** These stay where npm has put them. */
const KEPT = [
  // A library for one platform, beside its JavaScript.
  'better-sqlite3',
  // The HTTP below it is replaced, in the very copy that it loads.
  'ari-client',
  // Starts threads by the names of its own files.
  'pino',
]
/** What may stand in front of the name of a package that is imported. */
const IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*)'([a-z@][^'\n]*)'/g
/** Packages of before ES modules ask for others by `require`, which ES modules lack. */
const REQUIRE = "import { createRequire as requireIn } from 'node:module'; const require = requireIn(import.meta.url);"

/**
 * The packages that a compiled file imports and that are gathered.
 * @param {string} code
 * @returns {string[]}
 */
export function packagesIn(code) {
  return [...code.matchAll(IMPORT)].flatMap(([, , name = '']) => (isGathered(name) ? [name] : []))
}

/**
 * The same code with the gathered files instead of the packages.
 * @param {string} code
 * @param {{ file: string, folder: string }} places the code's own file, and the folder of the gathered ones
 */
export function importGathered(code, { file, folder }) {
  return code.replace(IMPORT, (whole, words, name) => {
    if (!isGathered(name)) return whole
    const path = relative(dirname(file), join(folder, fileOf(name)))
    return `${words}'${path.startsWith('.') ? path : `./${path}`}'`
  })
}

/**
 * Writes the gathered files into a folder.
 * @param {readonly string[]} names of packages
 * @param {string} folder
 */
export async function gatherPackages(names, folder) {
  const entries = await Promise.all(
    [...new Set(names)].map(async name => /** @type {const} */ ([name, await entryOf(name)])),
  )
  const sources = new Map(entries)
  await build({
    entryPoints: [...sources.keys()].map(name => ({ in: `gathered:${name}`, out: fileOf(name).replace(/\.js$/, '') })),
    outdir: folder,
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20.19' },
    ...{ banner: { js: REQUIRE }, legalComments: 'inline', logLevel: 'error', absWorkingDir: PROJECT },
    plugins: [
      {
        name: 'entries',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^gathered:/ }, ({ path }) => ({
            path: path.slice('gathered:'.length),
            namespace: 'gathered',
          }))
          onLoad({ filter: /.*/, namespace: 'gathered' }, ({ path }) => ({
            contents: sources.get(path) ?? '',
            resolveDir: PROJECT,
          }))
        },
      },
    ],
  })
}

/**
 * A module that exports what Node finds in the package: the names in a package of before ES modules are known to Node alone.
 * @param {string} name
 */
async function entryOf(name) {
  const names = Object.keys(await import(name)).filter(each => each !== 'module.exports')
  return `export { ${names.join(', ')} } from '${name}'`
}

/** @param {string} name */
function isGathered(name) {
  const [first = '', second = ''] = name.split('/')
  return (
    !name.includes(':') &&
    !builtinModules.includes(first) &&
    !KEPT.includes(first.startsWith('@') ? `${first}/${second}` : first)
  )
}

/** @param {string} name */
function fileOf(name) {
  return `${name.replace(/^@/, '').replaceAll('/', '.')}.js`
}
