import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { download } from '../../../agent/host/download.ts'
import { messageOf } from '../../../src/engine/errors.ts'
import { signal } from '../../fake-host.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { certificateFor } from './certificates.ts'
import { listening } from './local-server.ts'

const ours = certificateFor('localhost')
const others = certificateFor('localhost')
afterAll(() => {
  for (const { directory } of [ours, others]) rmSync(directory, { recursive: true })
})

const content = 'a package\n'
const sha256 = createHash('sha256').update(content).digest('hex')

async function server(listener: RequestListener) {
  const { port, ...rest } = await listening(createServer({ key: ours.key, cert: ours.cert }, listener))
  return { url: `https://localhost:${port}/efs.deb`, ...rest }
}

/** A place for the file, and the action that brings it there. */
async function wanted(url: string, changed: object = {}) {
  const directory = await temporaryDirectory()
  const path = join(directory, 'cache/efs.deb')
  return {
    directory,
    path,
    action: { do: 'download', url, path, sha256, mostBytes: 100, because: 'b', ...changed },
  } as const
}

const limits = { trust: ours.authority }

describe('a download', () => {
  test('is there whole, and for root alone', async () => {
    await using web = await server((_request, response) => response.end(content))
    const { path, directory, action } = await wanted(web.url)
    expect(await download(action, signal, limits)).toBeUndefined()
    expect(await readFile(path, 'utf8')).toBe(content)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(directory, 'cache'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(directory, 'cache'))).toEqual(['efs.deb'])
  })

  test('replaces what another run left half', async () => {
    await using web = await server((_request, response) => response.end(content))
    const { directory, action } = await wanted(web.url)
    const path = join(directory, 'efs.deb')
    await writeFile(path, 'a pa')
    await download({ ...action, path }, signal, limits)
    expect(await readFile(path, 'utf8')).toBe(content)
  })

  test('follows where it is sent, by HTTPS alone', async () => {
    await using web = await server((request, response) => {
      if (request.url === '/moved.deb') response.end(content)
      else response.writeHead(302, { location: '/moved.deb' }).end()
    })
    const { path, action } = await wanted(web.url)
    await download(action, signal, limits)
    expect(await readFile(path, 'utf8')).toBe(content)
  })

  test.each<[string, RequestListener, string, object]>([
    [
      'another file',
      (_request, response) => response.end('another'),
      `gives has the SHA-256 ${createHash('sha256').update('another').digest('hex')}`,
      {},
    ],
    ['no such file', (_request, response) => response.writeHead(404).end(), 'cannot be fetched: HTTP 404', {}],
    [
      'more than it may',
      (_request, response) => response.end('x'.repeat(101)),
      'cannot be fetched: it is larger than 100 bytes',
      {},
    ],
    [
      'half of it',
      (_request, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy())
      },
      'cannot be fetched: aborted',
      {},
    ],
    [
      'a way without TLS',
      (_request, response) => response.writeHead(302, { location: 'http://localhost/efs.deb' }).end(),
      'cannot be fetched: it leads to http://localhost, which is not HTTPS',
      {},
    ],
    [
      'a circle',
      (_request, response) => response.writeHead(302, { location: '/efs.deb' }).end(),
      'cannot be fetched: more than 5 redirects',
      {},
    ],
    ['no answer', () => undefined, 'cannot be fetched: not done within 0.3 s', { withinMs: 300 }],
    ['a certificate of others', () => undefined, 'unable to verify the first certificate', { trust: others.authority }],
  ])('is not there when the server gives %s', async (_what, listener, words, more) => {
    await using web = await server(listener)
    const { directory, action } = await wanted(web.url)
    const error: unknown = await download(action, signal, { ...limits, ...more }).catch((thrown: unknown) => thrown)
    expect(messageOf(error)).toContain(words)
    expect(await readdir(directory)).toEqual([])
  })

  test('ends with the signal', async () => {
    const stop = new AbortController()
    await using web = await server(() => stop.abort(new Error('stopped')))
    const { action } = await wanted(web.url)
    await expect(download(action, stop.signal, limits)).rejects.toThrow('stopped')
  })
})
