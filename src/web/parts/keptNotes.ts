/** What was typed of a call and not sent is kept for so long, milliseconds: a person's words do not stay on a shared computer. */
const keptMs = 3_600_000
const prefix = 'dialwright.notes.'

/** What is kept of a call. */
export function keptNotes(callId: string): string {
  return read(prefix + callId)?.text ?? ''
}

/** Keeps what was typed so far. */
export function keepNotes(callId: string, text: string): void {
  localStorage.setItem(prefix + callId, JSON.stringify({ text, at: Date.now() }))
}

/** It has been sent. */
export function forgetNotes(callId: string): void {
  localStorage.removeItem(prefix + callId)
}

/** What nobody has sent in its time goes. */
export function forgetOldNotes(): void {
  for (const key of keys()) if (Date.now() - (read(key)?.at ?? 0) >= keptMs) localStorage.removeItem(key)
}

/** Whoever logs out leaves nothing behind. */
export function forgetAllNotes(): void {
  for (const key of keys()) localStorage.removeItem(key)
}

function keys(): readonly string[] {
  return Object.keys(localStorage).filter(key => key.startsWith(prefix))
}

function read(key: string): { readonly text: string; readonly at: number } | undefined {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}
