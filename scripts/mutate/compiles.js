import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { PROJECT } from '../lib/paths.js'

/** Something that is not used any more is no fault that a user could meet. */
const UNUSED = new Set([6133, 6192, 6196, 6198])

/**
 * A compiler in memory: tells whether a source still compiles with another text.
 * @returns {(file: string, text: string) => boolean}
 */
export function createCompiler() {
  const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), ts.sys.readFile)
  const parsed = ts.parseJsonConfigFileContent({ ...config, include: ['src'] }, ts.sys, PROJECT)
  /** @type {{ path: string, text: string, version: number }} */
  let changed = { path: '', text: '', version: 0 }
  /** @type {ts.LanguageServiceHost} */
  const host = {
    getCompilationSettings: () => parsed.options,
    getScriptFileNames: () => parsed.fileNames,
    getScriptVersion: path => (path === changed.path ? String(changed.version) : '0'),
    getScriptSnapshot: path => {
      const text = path === changed.path ? changed.text : ts.sys.readFile(path)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => PROJECT,
    getDefaultLibFileName: options => ts.getDefaultLibFilePath(options),
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  }
  const service = ts.createLanguageService(host, ts.createDocumentRegistry())
  return (file, text) => {
    const path = join(PROJECT, file)
    changed = { path, text, version: changed.version + 1 }
    const faults = [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)]
    return faults.every(({ code }) => UNUSED.has(code))
  }
}

/** @param {string} file */
export function readSource(file) {
  return readFileSync(join(PROJECT, file), 'utf8')
}
