/** A binary heap: the least item by `before` is on top. */
export interface Heap<Item> {
  push(item: Item): void
  pop(): Item | undefined
  peek(): Item | undefined
}

/** An empty heap ordered by `before`. */
export function createHeap<Item>(before: (a: Item, b: Item) => boolean): Heap<Item> {
  const items: Item[] = []

  function settleUp(item: Item): void {
    let index = items.length
    items.push(item)
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = items[parentIndex]
      if (parent === undefined || !before(item, parent)) break
      items[index] = parent
      index = parentIndex
    }
    items[index] = item
  }

  function settleDown(item: Item): void {
    let index = 0
    for (;;) {
      const childIndex = lesserChild(index)
      const child = items[childIndex]
      if (child === undefined || !before(child, item)) break
      items[index] = child
      index = childIndex
    }
    items[index] = item
  }

  function lesserChild(index: number): number {
    const left = 2 * index + 1
    const [leftItem, rightItem] = [items[left], items[left + 1]]
    return leftItem !== undefined && rightItem !== undefined && before(rightItem, leftItem) ? left + 1 : left
  }

  return {
    push: settleUp,
    pop() {
      const top = items[0]
      const last = items.pop()
      if (last !== undefined && items.length > 0) settleDown(last)
      return top
    },
    peek: () => items[0],
  }
}
