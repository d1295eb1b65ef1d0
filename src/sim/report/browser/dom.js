/**
 * Makes an element. Strings among the children become text, whatever is in them.
 * @param {string} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {readonly (Node | string)[]} [children]
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, children = []) {
  return withParts(document.createElement(tag), attributes, children)
}

/**
 * Makes an SVG element.
 * @param {string} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {readonly Node[]} [children]
 * @returns {SVGElement}
 */
export function svgElement(tag, attributes = {}, children = []) {
  const node = /** @type {SVGElement} */ (document.createElementNS('http://www.w3.org/2000/svg', tag))
  return withParts(node, attributes, children)
}

/**
 * @template {Element} T
 * @param {T} node
 * @param {Readonly<Record<string, string>>} attributes
 * @param {readonly (Node | string)[]} children
 * @returns {T}
 */
function withParts(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  node.append(...children)
  return node
}

/**
 * An element of the page that must be there.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id)
  if (found === null) throw new TypeError(`The page has no #${id}`)
  return found
}

/**
 * A ratio 0..1 as percent.
 * @param {number} ratio
 * @param {number} [digits] at most so many decimals
 * @returns {string}
 */
export function percentText(ratio, digits = 2) {
  return `${Number((ratio * 100).toFixed(digits))}\u00a0%`
}
