import { agentRelease } from './agent-release.ts'
import { type Authority, authority } from './authority.ts'
import { debRepository } from './debs.ts'
import { installHostPackages } from './host-packages.ts'
import { guestImage, type Image } from './image.ts'
import { nodeTarball } from './node-tarball.ts'
import {
  ACCOUNTING_PACKAGES,
  CONFIGURED_PACKAGES,
  JOB_PACKAGES,
  NOT_BAKED,
  ROLE_PACKAGES,
  SCENARIO_PACKAGES,
  SCRIPT_PACKAGES,
  WITH_DAEMON,
} from './packages.ts'
import { timed } from './print.ts'
import type { SuiteName } from './suites.ts'

/** The root disks that an instance can start from: as a fresh cloud image, or as a team's own AMI would be. */
export type ImageName = 'bare' | 'baked' | 'job'

/** The file in a run folder that tells the inside of the namespace of it. */
export const PREPARED = 'prepared.json'

/** What a lab is built from: all of it made or fetched while the outside network is still there. */
export interface Prepared {
  readonly authority: Authority
  readonly images: {
    readonly bare: Image
    /** With every package that a scenario has configured; made only for a scenario that asks for it. */
    readonly baked: Image | undefined
    /** The same for a job server. */
    readonly job: Image | undefined
  }
  readonly debs: string
  readonly nodeTarball: string
  /** The release of the agent; absent while it cannot be built. */
  readonly agentTarball: string | undefined
}

export async function prepare(
  suite: SuiteName,
  needed: readonly ImageName[],
  runFolder: string,
  signal: AbortSignal,
): Promise<Prepared> {
  await installHostPackages(signal)
  const keys = await authority()
  const tarball = await timed('the Node tarball', () => nodeTarball(signal))
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const image = (name: ImageName, baked: readonly string[]): Promise<Image> =>
    guestImage({ suite, name, baked, authority: keys, signal: stop })
  const made = async (name: ImageName, what: string, packages: readonly string[]): Promise<Image | undefined> =>
    needed.includes(name)
      ? await timed(`a guest image of ${suite} with ${what} baked in`, () => image(name, packages))
      : undefined
  const withRepository = async (): Promise<{ bare: Image; debs: string }> => {
    const bare = await timed(`a guest image of ${suite}`, () => image('bare', []))
    const debs = await timed('the apt repository', () =>
      debRepository(
        suite,
        bare,
        [
          ...CONFIGURED_PACKAGES,
          ...ROLE_PACKAGES,
          ...ACCOUNTING_PACKAGES,
          ...NOT_BAKED,
          WITH_DAEMON,
          ...SCRIPT_PACKAGES,
        ],
        stop,
      ),
    )
    return { bare, debs }
  }
  const works = [
    withRepository(),
    made('baked', 'the packages', [...SCENARIO_PACKAGES, ...ROLE_PACKAGES]),
    made('job', "a job server's packages", JOB_PACKAGES),
  ] as const
  const [{ bare, debs }, baked, job] = await Promise.all(works).catch(async (error: unknown) => {
    failed.abort(error)
    await Promise.allSettled(works)
    throw error
  })
  const agentTarball = await timed('the agent', () => agentRelease(runFolder, signal))
  return {
    authority: keys,
    images: { bare, baked, job },
    debs,
    nodeTarball: tarball,
    agentTarball,
  }
}
