/** An error as an AWS service answers it. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, status: number, message: string) {
    super(message)
    this.name = 'AwsError'
    this.code = code
    this.status = status
  }
}
