import type { IncomingMessage, ServerResponse } from 'node:http'
import { vi } from 'vitest'
import { bodyOf, web } from './local-server.ts'

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** Answers for AWS; what it was asked is kept as the path or, of EC2, as the form. */
export async function aws(service: 'EFS' | 'EC2', reply: (asked: string, request: IncomingMessage) => Reply) {
  const asked: string[] = []
  const server = await web((request, response) => {
    void answer(request, response)
  })
  vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, server.url)
  return { asked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await bodyOf(request)
    const question = form === '' ? (request.url ?? '') : form
    asked.push(question)
    const { status, headers, body } = reply(question, request)
    response.writeHead(status, headers).end(body)
  }
}

export const json = (value: object): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})
export const xml = (body: string): Reply => ({ status: 200, headers: { 'content-type': 'text/xml' }, body })
export const efsError = (status: number, name: string, message: string): Reply => ({
  status,
  headers: { 'x-amzn-errortype': name, 'content-type': 'application/json' },
  body: JSON.stringify({ ErrorCode: name, Message: message }),
})
export const ec2Error = (status: number, code: string, message: string): Reply => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
})
