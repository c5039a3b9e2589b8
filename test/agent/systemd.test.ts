import { spawnSync } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from './temporary-directory.ts'

const systemd = fileURLToPath(new URL('../../systemd', import.meta.url))
const noSystemd = spawnSync('systemd-analyze', ['--version']).error?.message
if (noSystemd !== undefined) console.warn(`skipped: systemd-analyze: ${noSystemd}`) // oxlint-disable-line no-console -- a skip says why

describe.skipIf(noSystemd !== undefined)('the units', () => {
  test('are such that systemd finds nothing wrong with them', async () => {
    const directory = await temporaryDirectory()
    await cp(systemd, directory, { recursive: true })
    // Its place on an instance; here it is not installed.
    const service = join(directory, 'slurm-node-agent.service')
    const text = await readFile(service, 'utf8')
    await writeFile(service, text.replace('/usr/local/bin/slurm-node-agent', '/bin/true'))
    const units = ['service', 'timer'].map((kind) => join(directory, `slurm-node-agent.${kind}`))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })
})

describe('the service', () => {
  const service = () => readFile(join(systemd, 'slurm-node-agent.service'), 'utf8')

  test("is in nothing that the boot waits for, and waits for nothing of cloud-init but apt's sources", async () => {
    const text = await service()
    expect(text).not.toMatch(/\[Install\]|WantedBy=|cloud-(final|init\.service)/)
  })

  test('comes after what the user data of the boot bring, which is over once all of it is done', async () => {
    const unit = 'slurm-node-agent-bootstrap'
    expect(await service()).toMatch(new RegExp(`^After=.* ${unit}\\.service$`, 'm'))
    const example = join(systemd, '../terraform/modules/user-data/examples/frontend.sh')
    expect(await readFile(example, 'utf8')).toMatch(new RegExp(`--unit=${unit} [^"]*--property=Type=oneshot `))
  })

  test('does nothing without a configuration, or where a person has switched it off', async () => {
    const conditions = [...(await service()).matchAll(/^ConditionPathExists=(.*)$/gm)].map(([, path]) => path)
    expect(conditions).toEqual(['/etc/slurm-node-agent/config.json', '!/etc/slurm-node-agent/disabled'])
  })

  test('takes what is converged, and a run by hand, for no failure', async () => {
    expect(await service()).toMatch(/^SuccessExitStatus=3 75$/m)
  })

  test('has no mounts of its own: what the agent mounts is for all', async () => {
    expect(await service()).not.toMatch(/^(Private|Protect|ReadOnly|ReadWrite|Inaccessible|Bind)\w*=/m)
  })
})
