/** Gives whoever looks a file of what the page has. */
export function saveAs(name: string, { type, text }: { readonly type: string; readonly text: string }): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
