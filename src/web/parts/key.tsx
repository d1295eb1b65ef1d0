import { type Deed, keyOf } from './keyMap.ts'

/** The key that does it, as it stands on a button. */
export function Key({ of }: { readonly of: Deed }) {
  return <kbd>{of === 'end' ? `${keyOf(of)} ${keyOf(of)}` : keyOf(of)}</kbd>
}
