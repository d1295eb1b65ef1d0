import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

interface TabsProps<Id extends string> {
  readonly label: string
  readonly chosen: Signal<Id>
  readonly tabs: readonly { readonly id: Id; readonly title: string; readonly show: () => ComponentChildren }[]
}

/** One place for what is not needed at once (WAI-ARIA, tabs pattern: the arrows go from one to the next). */
export function Tabs<Id extends string>({ label, chosen, tabs }: TabsProps<Id>) {
  const at = Math.max(
    0,
    tabs.findIndex(({ id }) => id === chosen.value),
  )
  const turn = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const next = tabs[(at + step + tabs.length) % tabs.length]
    if (next === undefined) return
    event.preventDefault()
    chosen.value = next.id
    document.getElementById(`tab-${next.id}`)?.focus()
  }
  return (
    <div class="card stack tabbed">
      <div role="tablist" aria-label={label} class="row tabs" onKeyDown={turn}>
        {tabs.map(({ id, title }, index) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={index === at}
            aria-controls="tab-panel"
            tabIndex={index === at ? 0 : -1}
            onClick={() => (chosen.value = id)}
          >
            {title}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys (WAI-ARIA, tabs pattern) */}
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tabs[at]?.id}`} tabIndex={0} class="panel">
        {tabs[at]?.show()}
      </div>
    </div>
  )
}
