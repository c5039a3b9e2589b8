import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { metadataAt } from '../../../agent/host/metadata.ts'
import { signal } from '../../fake-host.ts'
import { web } from './local-server.ts'

type Served = (request: IncomingMessage) => { status: number; body?: string } | undefined

/** A metadata service of version 2; `items` by path below /latest/, `oddly` for what goes before that. */
async function service(items: Readonly<Record<string, string>>, oddly: Served = () => undefined) {
  const asked: string[] = []
  const server = await web((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const { status, body } = oddly(request) ?? regular(request)
    response.writeHead(status, { 'content-type': 'text/plain' }).end(body)
  })
  return { url: server.url, asked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }

  function regular({ method, url, headers }: IncomingMessage): { status: number; body?: string } {
    if (method === 'PUT' && url === '/latest/api/token') {
      return headers['x-aws-ec2-metadata-token-ttl-seconds'] === '300'
        ? { status: 200, body: 'secret' }
        : { status: 400 }
    }
    if (headers['x-aws-ec2-metadata-token'] !== 'secret') return { status: 401 }
    const body = items[(url ?? '').slice('/latest/'.length)]
    return body === undefined ? { status: 404 } : { status: 200, body }
  }
}

describe('metadata', () => {
  test('reads items with one token', async () => {
    await using server = await service({ 'meta-data/placement/region': 'eu-west-1', 'meta-data/mac': '02:00' })
    const metadata = metadataAt(server.url)
    const both = await Promise.all([metadata('meta-data/placement/region', signal), metadata('meta-data/mac', signal)])
    expect(both).toEqual(['eu-west-1', '02:00'])
    expect(server.asked.toSorted()).toEqual([
      'GET /latest/meta-data/mac',
      'GET /latest/meta-data/placement/region',
      'PUT /latest/api/token',
    ])
  })

  test('has nothing where there is no such item', async () => {
    await using server = await service({})
    expect(await metadataAt(server.url)('meta-data/iam/security-credentials/', signal)).toBeUndefined()
  })

  test('never asks without a token', async () => {
    await using server = await service({ 'meta-data/mac': '02:00' }, ({ method }) =>
      method === 'PUT' ? { status: 403 } : undefined,
    )
    await expect(metadataAt(server.url)('meta-data/mac', signal)).rejects.toThrow(
      'the metadata service gave no token: HTTP 403; it is turned off for this instance (http-endpoint)',
    )
    expect(server.asked).toEqual(['PUT /latest/api/token'])
  })

  test('takes a new token after one was not accepted, and after one was not given', async () => {
    let refusals = 2
    const refusing: Served = () => (refusals-- > 0 ? { status: refusals === 1 ? 503 : 401 } : undefined)
    await using server = await service({ 'meta-data/mac': '02:00' }, refusing)
    const metadata = metadataAt(server.url)
    await expect(metadata('meta-data/mac', signal)).rejects.toThrow('gave no token: HTTP 503')
    await expect(metadata('meta-data/mac', signal)).rejects.toThrow('gave no token: HTTP 401')
    expect(await metadata('meta-data/mac', signal)).toBe('02:00')
  })

  test('throws what is no answer, and looks again with a fresh token', async () => {
    let once = true
    const outdated: Served = ({ method }) => {
      if (method === 'PUT' || !once) return undefined
      once = false
      return { status: 401 }
    }
    await using server = await service({ 'meta-data/mac': '02:00' }, outdated)
    const metadata = metadataAt(server.url)
    await expect(metadata('meta-data/mac', signal)).rejects.toThrow('answered meta-data/mac with HTTP 401')
    expect(await metadata('meta-data/mac', signal)).toBe('02:00')
    expect(server.asked.filter((asked) => asked.startsWith('PUT'))).toHaveLength(2)
  })

  test('says that nothing answers', async () => {
    await expect(metadataAt('http://127.0.0.1:9')('meta-data/mac', signal)).rejects.toThrow(
      'the metadata service did not answer at http://127.0.0.1:9/latest/api/token',
    )
  })

  test('asks again what was lost', async () => {
    let lost = 2
    await using server = await web((request, response) => {
      if (lost-- % 2 === 0) return void request.destroy()
      return void response.end(request.method === 'PUT' ? 'secret' : '02:00')
    })
    expect(await metadataAt(server.url)('meta-data/mac', signal)).toBe('02:00')
    expect(lost).toBe(-2)
  })

  test('gives up a silent service', { timeout: 10_000 }, async () => {
    await using server = await web(() => undefined)
    await expect(metadataAt(server.url)('meta-data/mac', signal)).rejects.toThrow(
      /did not answer at .*\/latest\/api\/token/,
    )
  })

  test('ends with the signal', async () => {
    await using server = await web((request, response) =>
      request.method === 'PUT' ? response.end('secret') : undefined,
    )
    const stop = new AbortController()
    const asking = metadataAt(server.url)('meta-data/mac', stop.signal)
    setTimeout(() => stop.abort(new Error('stopped')), 100)
    await expect(asking).rejects.toThrow('stopped')
  })
})
