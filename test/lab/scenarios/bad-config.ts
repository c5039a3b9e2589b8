import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { AGENT, CONFIG_FILE, UNIT } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import type { Guest } from '../guest.ts'
import { timed } from '../print.ts'
import type { Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'
import { type Look, waitFor } from '../wait.ts'

const BAD_CONFIGURATION = 78

/** Each of these is wrong, and the message names each by its path. All together is too long to be sent as it is. */
function wrong() {
  const config = exampleConfig()
  return {
    ...config,
    hostname: 'front end',
    pakages: Array.from({ length: 1500 }, (_, index) => `package-${index}`),
    efs: { ...config.efs, fileSystemId: 'fs-nonsense' },
    dataVolume: { ...config.dataVolume, mountPoint: 'mnt/shared' },
    nfs: { ...config.nfs, clients: ['10.0.0.0/99'] },
    statusTag: true,
  }
}

const NAMED = [/hostname/, /pakages.*packages/s, /efs\.fileSystemId/, /dataVolume\.mountPoint/, /nfs\.clients/] as const

const TOLD_ON_CONSOLE = /slurm-node-agent: failed: \S+config\.json has \d+ problems/

const NO_CONFIGURATION = ['', '{"role": "fron', '[]', 'null', '"frontend"'] as const

async function unitExit(guest: Guest, signal: AbortSignal): Promise<number> {
  return await waitFor(
    'the unit to end',
    { deadlineMs: 300_000, everyMs: 2000, signal },
    async (): Promise<Look<number>> => {
      const { stdout } = await guest.run([
        'systemctl',
        'show',
        '--property=ExecMainStatus,ExecMainExitTimestampMonotonic',
        UNIT,
      ])
      const fields = new Map(stdout.split('\n').map((line) => [line.split('=')[0], line.split('=')[1]]))
      const ended = Number(fields.get('ExecMainExitTimestampMonotonic') ?? '0') > 0
      return ended ? { found: Number(fields.get('ExecMainStatus')) } : { missing: stdout }
    },
  )
}

export const badConfig: Scenario = {
  name: 'bad-config',
  title:
    'a bad configuration, in user data of gzip, ends with 78, names every problem by its path, and is seen from outside; nothing is touched',
  ci: true,
  async run({ lab }) {
    await lab.efs.open()
    // What would not fit, the module compresses.
    const userData = gzipSync(await userDataFor(lab, wrong()))
    const { guest, root } = await lab.launch(lab.prepared.images.bare, userData)
    await lab.attachDataVolume(guest)
    await timed('the instance boots', () => guest.boot([lab.instanceStore, root, lab.dataVolume]))
    const exit = await timed('the unit ends', () => unitExit(guest, lab.signal))
    assert.equal(exit, BAD_CONFIGURATION, 'the unit ends with 78')
    assert.match(await guest.consoleTail(Number.MAX_SAFE_INTEGER), TOLD_ON_CONSOLE)

    const { stderr } = await guest.run([AGENT, 'apply'], { ok: [BAD_CONFIGURATION] })
    for (const pattern of NAMED) assert.match(stderr, pattern)
    const tag = lab.cloud.tags.get(guest.instance.instanceId)?.get('slurm-node-agent:status')
    assert.equal(tag, 'failed CONFIG_BAD', 'it is seen from outside')
    for (const content of NO_CONFIGURATION) {
      await guest.writeFile(CONFIG_FILE, content)
      const { stderr: said } = await guest.run([AGENT, 'apply'], { ok: [BAD_CONFIGURATION] })
      assert.ok(said.includes(CONFIG_FILE), `the message names the file, for ${JSON.stringify(content)}: ${said}`)
    }
    await guest.run(['rm', CONFIG_FILE])
    await guest.run([AGENT, 'apply'], { ok: [BAD_CONFIGURATION] })

    assert.equal((await guest.run(['hostname'])).stdout, 'ip-10-0-0-10')
    await guest.run(['dpkg-query', '-W', 'munge'], { ok: [1] })
    await guest.run(['findmnt', '/mnt/work'], { ok: [1] })
    const { stdout } = await guest.run(['wipefs', '--no-act', '--noheadings', '/dev/nvme2n1'])
    assert.equal(stdout, '', 'the volume is as blank as before')
  },
}
