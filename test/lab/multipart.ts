export interface Part {
  readonly type: 'text/cloud-boothook' | 'text/x-shellscript'
  readonly content: string
}

/** Runs early at each boot. */
export function boothook(content: string): Part {
  return { type: 'text/cloud-boothook', content }
}

/** Several user data parts as one, as cloud-init takes them, which runs those of a kind in this order. */
export function multipart(parts: readonly Part[]): string {
  const boundary = 'lab-user-data'
  const body = parts.map(({ type, content }) => `--${boundary}\nContent-Type: ${type}\n\n${content}\n`).join('')
  return `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n\n${body}--${boundary}--\n`
}
