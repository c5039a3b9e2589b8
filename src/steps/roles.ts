import type { Config } from '../config/schema.ts'
import { type AnyStep, anyStep, type Step } from '../engine/step.ts'
import { dataVolume } from './data-volume.ts'
import { efs } from './efs.ts'
import { hostname } from './hostname.ts'
import { needingPackages } from './installed.ts'
import { munge } from './munge.ts'
import { mungeKey } from './munge-key.ts'
import { nfsExport } from './nfs-export.ts'
import { packages } from './packages.ts'
import { schedule } from './schedule.ts'
import { slurmConf } from './slurm-conf.ts'
import { slurmctld } from './slurmctld.ts'

/** A step of the role, with the packages that it needs: only with none of them it need not wait for `packages`. */
function needs<State>(step: Step<Config, State>) {
  const packagesOf = (config: Config) => step.packages?.(config) ?? []
  const unitsOf = (config: Config) => step.units?.(config) ?? []
  const bare = needingPackages(anyStep(step), packagesOf)
  const behind = { ...bare, after: ['packages', ...bare.after] }
  return {
    packages: packagesOf,
    units: unitsOf,
    step: (config: Config) => (packagesOf(config).length === 0 ? bare : behind),
  }
}

/** What each role is made of; the order is that of the display, what waits for what is said by the steps. */
export const roles = {
  frontend: [
    needs(hostname),
    needs(efs),
    needs(mungeKey),
    needs(slurmConf),
    needs(munge),
    needs(slurmctld),
    needs(dataVolume),
    needs(nfsExport),
    needs(schedule),
  ],
} as const

/** The steps of the configured role, behind the one step that installs what they all need. */
export function stepsOf(config: Config): readonly AnyStep<Config>[] {
  const members = roles[config.role]
  const install = packages(
    (whole) => members.flatMap((member) => member.packages(whole)),
    (whole) => members.flatMap((member) => member.units(whole)),
  )
  return [anyStep(install), ...members.map((member) => member.step(config))]
}
