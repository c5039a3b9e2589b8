/** The error's message with those of its causes. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Node's connect tries several addresses and then throws an AggregateError that has no message of its own.
  const message =
    error.message === '' && error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : error.message
  return error.cause === undefined ? message : `${message}: ${messageOf(error.cause)}`
}
