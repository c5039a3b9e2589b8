/** Of an error of the system, such as `ENOENT`; undefined of any other, and of what is no error. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
