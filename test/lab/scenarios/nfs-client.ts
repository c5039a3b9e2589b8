import assert from 'node:assert/strict'
import { parseExportfs } from '../../../src/formats/exportfs.ts'
import { AGENT, applyWith, takeOver, waitForConvergence } from '../agent-status.ts'
import { assertBareBelow } from '../bare-directory.ts'
import { type ExampleConfig, exampleConfig } from '../example-config.ts'
import type { Guest } from '../guest.ts'
import type { Lab } from '../lab.ts'
import { assertDenied, comeFrom } from '../outside.ts'
import { timed } from '../print.ts'
import { bakedImage, type Scenario } from '../scenario.ts'
import { userDataFor } from '../user-data.ts'

/** The lower half of the VPC: an address from the upper half is on the same wire, and outside. */
const INSIDE = '10.0.0.0/17'
const OUTSIDE = '10.0.128.11'
/** In the configuration for a while. */
const PASSING = '10.8.0.0/16'
const BY_HAND = '10.9.0.0/16'
const MOUNT_FAILED = 32
const USER = '1001'
const NOBODY = '65534:65534'

/** A job server to be: nothing on it but what the image has. */
const CLIENT_USER_DATA = '#!/bin/sh\n'

export const nfsClient: Scenario = {
  name: 'nfs-client',
  title: 'another instance mounts the volume by NFSv4.2 and writes, root as nobody; one from outside is denied',
  ci: { leftOut: 'it takes 4 minutes; CI has the job servers of a cluster mount the export, and write to it' },
  images: ['baked'],
  async run({ lab }) {
    const { signal } = lab
    const config = { ...exampleConfig(), nfs: { clients: [INSIDE], rootSquash: true } }
    const { mountPoint } = config.dataVolume
    await lab.efs.open()
    const { guest: server, root } = await lab.launch(bakedImage(lab), await userDataFor(lab, config))
    const { guest: client, root: clientRoot } = await lab.launch(bakedImage(lab), CLIENT_USER_DATA)
    await lab.attachDataVolume(server)
    await timed('the front end boots', () => server.boot([lab.instanceStore, root, lab.dataVolume]))
    await timed('the run ends', () => waitForConvergence(server, { deadlineMs: 600_000, signal }))
    await server.run(['install', '--directory', '--mode=0777', `${mountPoint}/open`])
    await server.run(['install', '--directory', '--mode=0700', `--owner=${USER}`, `${mountPoint}/alice`])

    await timed('the client boots', () => client.boot([clientRoot]))
    await client.run(['mkdir', '--parents', mountPoint])
    const source = `${server.instance.address}:${mountPoint}`
    const mount = (version: string, ok: number) =>
      client.run(['mount', '-t', 'nfs', '-o', `vers=${version},retry=0`, source, mountPoint], {
        ok: [ok],
        deadlineMs: 180_000,
      })
    await timed('mount by NFSv4.2', () => mount('4.2', 0))
    const { stdout: options } = await client.run(['findmnt', '--noheadings', '--output', 'OPTIONS', mountPoint])
    assert.match(options, /(?:^|,)vers=4\.2(?:,|$)/)
    await timed('write as root and as a user', () => assertWrites(server, client, mountPoint))
    await timed('write on when the volume was away', () => assertAnsweredLate(lab, server, client))

    await timed('only what the agent exported leaves', () => assertOnlyOwnLeaves(server, config))

    await client.run(['umount', mountPoint])
    await timed('NFSv3 is not served', () => mount('3', MOUNT_FAILED))
    const comeBack = await comeFrom(OUTSIDE, server, client)
    await timed('from outside it is denied', () => assertDenied(server, client, mountPoint))
    await comeBack()
    await timed('from inside it is there again', () => mount('4.2', 0))
  },
}

/** Root of the client is nobody on the volume, a user is who he is: looked up on the server. */
async function assertWrites(server: Guest, client: Guest, mountPoint: string): Promise<void> {
  const owner = async (file: string): Promise<string> =>
    (await server.run(['stat', '--format=%u:%g', `${mountPoint}/${file}`])).stdout

  await client.writeFile(`${mountPoint}/open/by-root`, 'root was here\n')
  assert.equal(await owner('open/by-root'), NOBODY, 'root is squashed')
  assert.equal(await server.readFile(`${mountPoint}/open/by-root`), 'root was here')
  await denied(client, ['touch', `${mountPoint}/by-root`])
  await denied(client, ['touch', `${mountPoint}/alice/by-root`])

  const asUser = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups']
  await client.run([...asUser, 'dd', `of=${mountPoint}/alice/by-alice`, 'status=none'], { stdin: 'so was alice\n' })
  assert.equal(await owner('alice/by-alice'), `${USER}:${USER}`)
  assert.equal(await server.readFile(`${mountPoint}/alice/by-alice`), 'so was alice')
  await denied(client, [...asUser, 'touch', `${mountPoint}/by-alice`])
}

/** Who asks while the volume is not mounted waits, and is answered once the agent has it mounted again. */
async function assertAnsweredLate({ signal }: Lab, server: Guest, client: Guest): Promise<void> {
  const { mountPoint } = exampleConfig().dataVolume
  await takeOver(server, signal)
  // As a person does it: the kernel holds the volume for those who have asked.
  await server.run(['exportfs', '-f'])
  await server.run(['umount', mountPoint])
  // Once the server is started again, whoever was connected before gets its turn first: a grace period of 90 s at most.
  const writing = client.run(['touch', `${mountPoint}/open/asked-for-early`], { deadlineMs: 240_000 })
  await Promise.all([writing, server.run([AGENT, 'apply'], { deadlineMs: 240_000 })])
  await assertBareBelow(server, mountPoint)
}

/** A network that leaves the configuration is exported to no more; what a person exported in the same way stays. */
async function assertOnlyOwnLeaves(server: Guest, config: ExampleConfig): Promise<void> {
  const { mountPoint } = config.dataVolume
  const networks = async (): Promise<readonly string[]> =>
    parseExportfs((await server.run(['exportfs', '-v'])).stdout)
      .filter(({ path }) => path === mountPoint)
      .map(({ client }) => client)
      .toSorted()

  await applyWith(server, { ...config, nfs: { ...config.nfs, clients: [INSIDE, PASSING] } })
  await server.run(['exportfs', '-o', 'rw,sync,no_subtree_check,mountpoint', `${BY_HAND}:${mountPoint}`])
  assert.deepEqual(await networks(), [INSIDE, PASSING, BY_HAND])
  await applyWith(server, config)
  assert.deepEqual(await networks(), [INSIDE, BY_HAND])
}

async function denied(client: Guest, argv: readonly string[]): Promise<void> {
  const { stderr } = await client.run(argv, { ok: [1] })
  assert.match(stderr, /Permission denied/)
}
