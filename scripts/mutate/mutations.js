import ts from 'typescript'
import { sqlEdits } from './sql.js'

/**
 * @typedef {'comparison' | 'logic' | 'arithmetic' | 'constant' | 'effect' | 'condition' | 'default' | 'method' | 'sql'} Kind
 * @typedef {{ start: number, end: number, to: string }} Edit offsets in the file's text
 * @typedef {Edit & { file: string, line: number, kind: Kind, from: string, code: string }} Mutation code: its first line, trimmed
 */

/** Each operator with what takes its place: its border first, then its opposite. */
const COMPARISONS = new Map(
  Object.entries({
    '<': ['<=', '>='],
    '<=': ['<', '>'],
    '>': ['>=', '<='],
    '>=': ['>', '<'],
    '===': ['!=='],
    '!==': ['==='],
  }),
)
const ARITHMETIC = new Map(
  Object.entries({ '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '+=': '-=', '-=': '+=', '*=': '/=' }),
)
const LOGIC = new Map(Object.entries({ '&&': '||', '||': '&&' }))
const METHODS = new Map(
  Object.entries({ min: 'max', max: 'min', floor: 'ceil', ceil: 'floor', some: 'every', every: 'some' }),
)

/**
 * Every small mistake that somebody could make in a file, in the order of the text. What they break is for the tests to say.
 * @param {string} file
 * @param {string} text
 * @returns {Mutation[]}
 */
export function mutationsOf(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  /** @type {Mutation[]} */
  const found = []
  const lines = text.split('\n')
  /** @param {ts.Node} node */
  const visit = node => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return
    for (const [kind, edit] of editsOf(node, source)) {
      const line = source.getLineAndCharacterOfPosition(edit.start).line
      const code = (lines[line] ?? '').trim()
      found.push({ ...edit, file, line: line + 1, kind, from: text.slice(edit.start, edit.end), code })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found.sort((a, b) => a.start - b.start || a.end - b.end)
}

/**
 * The text with one mutation in it.
 * @param {string} text
 * @param {Edit} edit
 */
export function mutated(text, { start, end, to }) {
  return text.slice(0, start) + to + text.slice(end)
}

/**
 * @param {ts.Node} node
 * @param {ts.SourceFile} source
 * @returns {[Kind, Edit][]}
 */
function editsOf(node, source) {
  if (ts.isBinaryExpression(node)) return binary(node, source)
  if (ts.isPrefixUnaryExpression(node)) return unary(node, source)
  if (ts.isPostfixUnaryExpression(node)) return [['arithmetic', { ...tail(node), to: opposite(node.operator) }]]
  if (ts.isNumericLiteral(node)) return [['constant', { ...place(node, source), to: otherNumber(node) }]]
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [['constant', { ...place(node, source), to: 'false' }]]
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [['constant', { ...place(node, source), to: 'true' }]]
  if (ts.isExpressionStatement(node)) return [['effect', { ...place(node, source), to: ';' }]]
  if (ts.isIfStatement(node)) return forced(node.expression, source)
  if (ts.isConditionalExpression(node)) return forced(node.condition, source)
  if (ts.isCallExpression(node)) return method(node, source)
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return sql(node, source)
  return []
}

/**
 * @param {ts.BinaryExpression} node
 * @param {ts.SourceFile} source
 * @returns {[Kind, Edit][]}
 */
function binary({ left, right, operatorToken }, source) {
  const operator = operatorToken.getText(source)
  const at = place(operatorToken, source)
  const comparisons = COMPARISONS.get(operator)
  if (comparisons !== undefined) return comparisons.map(to => ['comparison', { ...at, to }])
  const logic = LOGIC.get(operator)
  // `&&` binds tighter than `||`: both sides keep their meaning only in brackets.
  if (logic !== undefined) return [['logic', joined(left, logic, right, source)]]
  if (operator === '??') return [['default', { start: left.end, end: right.end, to: '' }]]
  const arithmetic = ARITHMETIC.get(operator)
  if (arithmetic === undefined || isText(left) || isText(right)) return []
  return [['arithmetic', { ...at, to: arithmetic }]]
}

/**
 * @param {ts.Expression} left
 * @param {string} operator
 * @param {ts.Expression} right
 * @param {ts.SourceFile} source
 */
function joined(left, operator, right, source) {
  const to = `((${left.getText(source)}) ${operator} (${right.getText(source)}))`
  return { start: left.getStart(source), end: right.end, to }
}

/**
 * @param {ts.PrefixUnaryExpression} node
 * @param {ts.SourceFile} source
 * @returns {[Kind, Edit][]}
 */
function unary(node, source) {
  const { start } = place(node, source)
  const { operator, operand } = node
  if (operator === ts.SyntaxKind.ExclamationToken) return [['logic', { start, end: start + 1, to: '' }]]
  if (operator === ts.SyntaxKind.MinusToken) return [['constant', { start, end: start + 1, to: '' }]]
  if (operator !== ts.SyntaxKind.PlusPlusToken && operator !== ts.SyntaxKind.MinusMinusToken) return []
  return [['arithmetic', { start, end: operand.getStart(source), to: opposite(operator) }]]
}

/** @param {ts.SyntaxKind} operator */
function opposite(operator) {
  return operator === ts.SyntaxKind.PlusPlusToken ? '--' : '++'
}

/** @param {ts.PostfixUnaryExpression} node */
function tail({ operand, end }) {
  return { start: operand.end, end }
}

/** @param {ts.NumericLiteral} literal */
function otherNumber({ text }) {
  const value = Number(text)
  if (value === 0) return '1'
  if (value === 1) return '0'
  return Number.isInteger(value) && value < 10 ? String(value + 1) : String(value * 2)
}

/**
 * @param {ts.Expression} condition
 * @param {ts.SourceFile} source
 * @returns {[Kind, Edit][]}
 */
function forced(condition, source) {
  const at = place(condition, source)
  return [
    ['condition', { ...at, to: 'true' }],
    ['condition', { ...at, to: 'false' }],
  ]
}

/**
 * @param {ts.CallExpression} node
 * @param {ts.SourceFile} source
 * @returns {[Kind, Edit][]}
 */
function method({ expression }, source) {
  if (!ts.isPropertyAccessExpression(expression)) return []
  const other = METHODS.get(expression.name.text)
  return other === undefined ? [] : [['method', { ...place(expression.name, source), to: other }]]
}

/**
 * @param {ts.StringLiteralLike | ts.TemplateExpression} node
 * @param {ts.SourceFile} source
 * @returns {[Kind, Edit][]}
 */
function sql(node, source) {
  const { start } = place(node, source)
  return sqlEdits(node.getText(source)).map(edit => [
    'sql',
    { ...edit, start: start + edit.start, end: start + edit.end },
  ])
}

/** @param {ts.Expression} node */
function isText(node) {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)
}

/**
 * @param {ts.Node} node
 * @param {ts.SourceFile} source
 */
function place(node, source) {
  return { start: node.getStart(source), end: node.end }
}
