import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { JobConfig } from '../config/job-schema.ts'
import { isRange } from '../config/node-names.ts'
import { databaseDirectory, isOnDataVolume } from '../config/places.ts'
import type { Config } from '../config/schema.ts'
import { type AnyStep, anyStep, type Step, type UnitRule } from '../engine/step.ts'
import { accountingDatabase } from './accounting-database.ts'
import { byClaimedName } from './claimed-names.ts'
import { dataVolume } from './data-volume.ts'
import { efs } from './efs.ts'
import { frontEnd } from './front-end.ts'
import { hiddenFiles } from './hidden-files.ts'
import { homes } from './homes.ts'
import { hostname } from './hostname.ts'
import { cloudInit } from './image-cloud-init.ts'
import { imageDaemons } from './image-daemons.ts'
import { imageIdentity } from './image-identity.ts'
import { imageUnits } from './image-units.ts'
import { needingPackages } from './installed.ts'
import { munge } from './munge.ts'
import { mungeKey } from './munge-key.ts'
import { mungeKeyNodes } from './munge-key-nodes.ts'
import { sharedMungeKey } from './munge-key-shared.ts'
import { mungeKeyTold } from './munge-key-told.ts'
import { nfsExport } from './nfs-export.ts'
import { nodeName } from './node-name.ts'
import { frontendRecord, nodeRecord } from './node-record.ts'
import { oldExport } from './old-export.ts'
import { packages } from './packages.ts'
import { schedule } from './schedule.ts'
import { sharedVolume } from './shared-volume.ts'
import { slurmConf } from './slurm-conf.ts'
import { slurmConfCopy } from './slurm-conf-copy.ts'
import { slurmctld } from './slurmctld.ts'
import { slurmd } from './slurmd.ts'
import { slurmdbd } from './slurmdbd.ts'
import { users } from './users.ts'

interface Member {
  readonly packages: readonly string[]
  readonly units: readonly UnitRule[]
  readonly step: AnyStep
}

/** A step for this configuration, and what it needs: only with no packages it need not wait for `packages`. */
function needs<C, State>(step: Step<C, State>, config: C): Member {
  const packagesOf = step.packages?.(config) ?? []
  const bare = needingPackages(anyStep(step, config), packagesOf)
  return {
    packages: packagesOf,
    units: step.units?.(config) ?? [],
    step: packagesOf.length === 0 ? bare : { ...bare, after: ['packages', ...bare.after] },
  }
}

/** A step of a job server that needs its name: the one that is configured, or the one that it has claimed. */
function named<State>(step: Step<JobConfig, State>, config: JobConfig): Member {
  return isRange(config.hostname) ? needs(byClaimedName(step), config) : needs(step, config)
}

/**
 * With accounting, slurm.conf asks for slurmdbd only once there is a database, and slurmctld comes after slurmdbd: one
 * that never had its accounting dies without it. What a daemon keeps on the data volume waits for that.
 */
function controller(config: FrontendConfig): readonly Member[] {
  const behindVolume = (place: string) => (isOnDataVolume(place, config) ? [dataVolume.id] : [])
  const conf = behind(slurmConf, ...behindVolume(config.slurm.stateSaveLocation))
  if (!config.accounting.enabled) return [needs(conf, config), needs(munge, config), needs(slurmctld, config)]
  return [
    needs(behind(accountingDatabase, ...behindVolume(databaseDirectory(config))), config),
    needs(behind(conf, accountingDatabase.id), config),
    needs(munge, config),
    needs(slurmdbd, config),
    needs(behind(slurmctld, slurmdbd.id), config),
  ]
}

function behind<C, State>(step: Step<C, State>, ...others: readonly string[]): Step<C, State> {
  return { ...step, after: [...step.after, ...others] }
}

/** What each role is made of; the order is that of the display, what waits for what is said by the steps. */
const roles = {
  frontend: (config: FrontendConfig) => [
    needs(hostname, config),
    needs(efs, config),
    needs(mungeKey, config),
    needs(mungeKeyNodes, config),
    needs(dataVolume, config),
    needs(frontEnd, config),
    ...controller(config),
    needs(oldExport, config),
    needs(nfsExport, config),
    needs(frontendRecord, config),
    needs(users, config),
    needs(homes, config),
    needs(behind(hiddenFiles, dataVolume.id), config),
    needs(schedule, config),
  ],
  job: (config: JobConfig) => [
    ...(isRange(config.hostname) ? [needs(nodeName, config)] : []),
    named(hostname, config),
    needs(efs, config),
    named(nodeRecord, config),
    needs(sharedMungeKey, config),
    named(slurmConfCopy, config),
    needs(munge, config),
    named(mungeKeyTold, config),
    needs(sharedVolume, config),
    needs(users, config),
    named(slurmd, config),
    needs(behind(hiddenFiles, sharedVolume.id), config),
    needs(schedule, config),
  ],
} as const

/** The steps of the configured role with what each needs. */
export function membersOf(config: Config): readonly Member[] {
  return config.role === 'frontend' ? roles.frontend(config) : roles.job(config)
}

/** The steps of the configured role, behind the one step that installs what they all need. */
export function stepsOf(config: Config): readonly AnyStep[] {
  const members = membersOf(config)
  return [installing(members, config), ...members.map(({ step }) => step)]
}

/** What makes of a machine that has no role an image for instances of this configuration. */
export function imageStepsOf(config: Config): readonly AnyStep[] {
  const members = membersOf(config)
  const rules = rulesOf(members)
  const daemons = anyStep(imageDaemons(rules), config)
  return [
    anyStep(cloudInit, config),
    daemons,
    { ...installing(members, config), after: [daemons.id] },
    anyStep(imageUnits(rules), config),
    anyStep(imageIdentity, config),
  ]
}

function installing(members: readonly Member[], config: Config): AnyStep {
  const needed = members.flatMap((member) => member.packages)
  return anyStep(packages(needed, rulesOf(members)), config)
}

function rulesOf(members: readonly Member[]): readonly UnitRule[] {
  return members.flatMap((member) => member.units)
}
