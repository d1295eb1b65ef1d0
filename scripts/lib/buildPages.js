import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { SetupFailure } from './failure.js'
import { PROJECT } from './paths.js'

/** Where the packages lie that an image's build takes beside the scripts. */
const NODE_PATHS = [join(PROJECT, 'scripts/node_modules')]

/**
 * Bundles the pages: a script for each, what they share in scripts of its own, one sheet of styles; all with a name that changes with
 * what is in it, and compressed. Throws SetupFailure where a page is not to be compiled.
 * @param {string} from the folder of the pages' sources
 * @param {string} to
 */
export async function buildPages(from, to) {
  const { build } = await import('esbuild')
  const pages = readdirSync(join(from, 'pages')).map(name => basename(name, '.tsx'))
  const assets = join(to, 'assets')
  const { metafile } = await build({
    entryPoints: [...pages.map(name => join(from, `pages/${name}.tsx`)), join(from, 'theme.css')],
    ...{ outdir: assets, entryNames: '[name]-[hash]', chunkNames: 'part-[hash]', absWorkingDir: PROJECT },
    ...{ bundle: true, splitting: true, format: 'esm', target: 'es2022', minify: true, metafile: true },
    ...{
      jsx: 'automatic',
      jsxImportSource: 'preact',
      nodePaths: NODE_PATHS,
      legalComments: 'none',
      logLevel: 'silent',
    },
  }).catch(error => {
    throw new SetupFailure('build-failed', `the pages cannot be compiled: ${error.message}`, 1)
  })
  const built = new Map(
    Object.entries(metafile.outputs).flatMap(([path, { entryPoint }]) =>
      entryPoint === undefined ? [] : [[basename(entryPoint), basename(path)]],
    ),
  )
  for (const name of readdirSync(assets)) compress(join(assets, name))
  for (const name of pages) {
    const script = built.get(`${name}.tsx`)
    writeFileSync(join(to, `${name}.html`), page({ script, style: built.get('theme.css') }))
  }
}

/** @param {{ script: string | undefined, style: string | undefined }} names */
function page({ script, style }) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Dialwright</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/${style}">
<script type="module" src="/assets/${script}"></script>
</head>
<body></body>
</html>
`
}

/** @param {string} file */
function compress(file) {
  const bytes = readFileSync(file)
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
}
