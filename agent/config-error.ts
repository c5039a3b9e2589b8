/** The configuration cannot be used; the message has a line for each problem. Exit code 78. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
