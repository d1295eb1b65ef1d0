/** Gives the browser a file to keep, under a name. It is made here: nothing of it comes into an address. */
export function saveAs(name: string, text: string, type = 'application/json'): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
