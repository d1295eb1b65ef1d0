import { ApiError } from '../../api/apiError.ts'

/** NIST SP 800-63B-4 section 3.1.1.2: 15 where it stands alone, 8 beside something else; no rules about its letters. */
const passwordMin = 12

/** @throws ApiError 422 for a password that is guessed first */
export function checkNewPassword(password: string, name: string): void {
  const refuse = (text: string): never => {
    throw new ApiError(422, 'weak-password', text)
  }
  const letters = [...password.normalize('NFC')]
  if (letters.length < passwordMin) refuse(`a password has at least ${passwordMin} characters: some words do well`)
  if (new Set(letters).size < 5) refuse('the password repeats the same few characters: take another')
  const plain = password.toLowerCase()
  for (const word of [name, 'dialwright', 'password'])
    if (plain.replaceAll(word, '').length < passwordMin / 2)
      refuse(`the password is little more than "${word}": take another`)
}
