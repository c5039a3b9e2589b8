import { describe, expect, test } from 'vitest'
import { hiddenFiles } from '../../src/steps/hidden-files.ts'
import { fakeHost, signal } from '../fake-host.ts'
import { configuration, jobConfiguration } from './configuration.ts'

const config = configuration({ dataVolume: { volumeId: 'vol-0123456789abcdef0', mountPoint: '/data' } })
const look = [
  'timeout --kill-after=2 30 systemd-run --quiet --wait --pipe --collect --property=TemporaryFileSystem=/mnt',
  '--property=BindReadOnlyPaths=/mnt:/mnt/0:norbind --property=BindReadOnlyPaths=/:/mnt/1:norbind',
  '--property=RuntimeMaxSec=15 --property=LogLevelMax=notice find /mnt/0/work /mnt/1/data -mindepth 1 -maxdepth 1 -printf %H %P\\n',
].join(' ')

async function decide(answer: string | { exitCode: number; stderr?: string }) {
  const seen = await hiddenFiles.observe(config, fakeHost({ commands: { [look]: answer } }), signal)
  return hiddenFiles.decide(config, seen, [])
}

describe('what the mounts hide', () => {
  test('is nothing', async () => {
    expect(await decide('')).toEqual({ is: 'converged', because: '/mnt/work and /data hide none' })
  })

  test('is told, by the mount point', async () => {
    expect(await decide('/mnt/1/data a b\n/mnt/0/work slurm\n/mnt/1/data c\n/mnt/1/data d\n/mnt/1/data e\n')).toEqual({
      is: 'converged',
      because: 'the mounts are kept, and what they hide',
      warnings: [
        { code: 'MOUNT_HIDES_FILES', text: '/mnt/work: the mount hides what the bare directory holds: slurm' },
        { code: 'MOUNT_HIDES_FILES', text: '/data: the mount hides what the bare directory holds: a b, c, d, …' },
      ],
    })
  })

  test.each([
    [
      'has its words',
      { exitCode: 1, stderr: 'Failed to connect to bus: No such file or directory\n' },
      'Failed to connect to bus: No such file or directory',
    ],
    ['could not make the view', { exitCode: 226 }, 'systemd gave the service no mount namespace'],
    ['ended what did not answer', { exitCode: 1 }, 'no answer within 15 s'],
    ['did not answer in time', { exitCode: 124 }, 'systemd-run ended with 124'],
    ['killed what looked', { exitCode: 255 }, 'systemd-run ended with 255'],
  ])('is not known where systemd %s, and that is all that comes of it', async (_what, answer, because) => {
    expect(await decide(answer)).toEqual({
      is: 'converged',
      because: 'what is below the mounts is not known',
      warnings: [
        { code: 'HIDDEN_FILES_UNSEEN', text: `whether /mnt/work and /data hide files could not be seen: ${because}` },
      ],
    })
  })

  test('is asked of the volume of the front end on a job server', async () => {
    const job = jobConfiguration({ nfs: { mountPoint: '/data' } })
    const seen = await hiddenFiles.observe(job, fakeHost({ commands: { [look]: '/mnt/1/data home\n' } }), signal)
    expect(hiddenFiles.decide(job, seen, [])).toMatchObject({
      warnings: [{ code: 'MOUNT_HIDES_FILES', text: '/data: the mount hides what the bare directory holds: home' }],
    })
  })
})
