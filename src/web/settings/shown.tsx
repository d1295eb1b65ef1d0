import { useSignal } from '@preact/signals'
import { say } from '../parts/words.ts'

/** What is shown once: read out as it comes, to be copied, put away by a press. */
export function ShownOnce({
  says,
  text,
  onDone,
}: {
  readonly says: string
  readonly text: string
  readonly onDone: () => void
}) {
  const isCopied = useSignal(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(text)
    isCopied.value = true
  }
  return (
    <div class="note warn stack" role="status">
      <p>{says}</p>
      <code class="said">{text}</code>
      <div class="row">
        {navigator.clipboard !== undefined && (
          <button type="button" onClick={() => void copy()}>
            {isCopied.value ? say('settings.copied') : say('settings.copy')}
          </button>
        )}
        <button type="button" onClick={onDone}>
          {say('settings.done')}
        </button>
      </div>
    </div>
  )
}
