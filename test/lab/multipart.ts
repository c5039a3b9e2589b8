/** Several user data parts as one, as cloud-init takes them. Each runs at every boot, in this order. */
export function boothooks(parts: readonly string[]): string {
  const boundary = 'lab-user-data'
  const body = parts.map((part) => `--${boundary}\nContent-Type: text/cloud-boothook\n\n${part}\n`).join('')
  return `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n\n${body}--${boundary}--\n`
}
