import { rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { signal } from '../../fake-host.ts'
import { certificateFor } from './certificates.ts'
import { listening } from './local-server.ts'
import { instance } from './role.ts'

const ours = certificateFor('localhost')
const others = certificateFor('localhost')
afterAll(() => {
  for (const { directory } of [ours, others]) rmSync(directory, { recursive: true })
})
beforeEach(() => vi.resetModules())
afterEach(() => vi.unstubAllEnvs())

async function mountTargetsFrom({ key, cert }: typeof ours, systemTrust: string) {
  vi.doMock('../../../agent/host/system-trust.ts', () => ({ systemTrust }))
  const { efsBehind } = await import('../../../agent/host/efs.ts')
  await using server = await listening(
    createServer({ key, cert }, (_request, response) => {
      response.setHeader('content-type', 'application/json').end('{"MountTargets":[]}')
    }),
  )
  vi.stubEnv('AWS_ENDPOINT_URL_EFS', `https://localhost:${server.port}`)
  return await efsBehind(instance).mountTargets('fs-0123456789abcdef0', signal)
}

test('AWS is believed where an authority of the machine vouches for it', async () => {
  expect(await mountTargetsFrom(ours, ours.authority)).toEqual({ is: 'known', value: [] })
})

test.each([
  ['another authority', others.authority],
  ['no authority that the machine knows', '/nonexistent/ca-certificates.crt'],
])('nobody is believed to be AWS for whom %s vouches', async (_who, trust) => {
  await expect(mountTargetsFrom(ours, trust)).rejects.toThrow('unable to verify the first certificate')
})
