import type { FrontendConfig } from '../config/frontend-schema.ts'
import type { ActionOutcome } from '../engine/action.ts'
import type { Decision } from '../engine/decision.ts'
import type { FileStat } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { consentPath, parseConsent } from '../formats/disk-consent.ts'
import { intentPath, parseIntent } from '../formats/format-intent.ts'
import { type Mount, mountAt } from '../formats/mountinfo.ts'
import { decideAbsent } from './data-volume-absence.ts'
import { objectionToGuess, objectionToUse } from './data-volume-attachment.ts'
import { tellOfCopies } from './data-volume-copies.ts'
import { decideUnlessHeld } from './data-volume-format.ts'
import { type Identified, identify } from './data-volume-identity.ts'
import { withoutOldIntent } from './data-volume-intent.ts'
import { decideMount, objectionToMount, objectionToPlace } from './data-volume-mount.ts'
import { type Sight, sightOf } from './data-volume-sight.ts'
import type { Wanted } from './disk-identity.ts'
import { surveyDisks } from './disk-survey.ts'
import { fileSystems } from './file-systems.ts'
import { type FstabLinks, fstabLinks } from './fstab-links.ts'
import { tellInWaits } from './hidden-files.ts'
import { fileBeforeFstab } from './mount-unit.ts'
import { soundnessOf } from './soundness.ts'

type Seen =
  /** Which volume it is could not be found out. */
  | { readonly is: 'unidentified'; readonly bare: readonly string[]; readonly decision: Decision }
  | {
      readonly is: 'identified'
      readonly wanted: Wanted
      readonly sight: Sight
      /** What is mounted at the mount point. */
      readonly mount: Mount | undefined
      readonly mountPoint: FileStat | undefined
      /** What the bare mount point holds; not looked at while something is mounted there. */
      readonly bare: readonly string[]
      readonly fstab: string | undefined
      readonly links: FstabLinks
      readonly unitFile: string | undefined
      /** The file that says that a format was begun. */
      readonly intentText: string | undefined
      /** The file in which a person consents to what is on the disk being lost. */
      readonly consentText: string | undefined
    }

/** The EBS volume of the configuration, mounted; formatted before only on proof that it is the right disk and blank. */
export const dataVolume: Step<Pick<FrontendConfig, 'dataVolume'>, Seen> = {
  id: 'data-volume',
  title: 'Data volume',
  after: [],
  packages: ({ dataVolume: { fileSystem } }) => fileSystems[fileSystem].packages,
  deadlineMs: ({ dataVolume: { deadlineSeconds } }) => deadlineSeconds * 1_000,

  async observe({ dataVolume: configured }, host, signal) {
    const [survey, mountPoint, fstab] = await Promise.all([
      surveyDisks(host, signal),
      host.stat(configured.mountPoint),
      host.read('/etc/fstab'),
    ])
    const mount = mountAt(survey.mounts, configured.mountPoint)
    const [identity, bare] = await Promise.all([
      identify(configured, survey, host, signal),
      mount === undefined ? host.list(configured.mountPoint) : [],
    ])
    if (identity.is === 'unknown') return { is: 'unidentified', bare, decision: identity.decision }
    const { wanted } = identity
    const [intentText, consentText, links, unitFile] = await Promise.all([
      host.read(intentPath(wanted.volumeId)),
      host.read(consentPath(wanted.volumeId)),
      fstabLinks(fstab ?? '', host),
      fileBeforeFstab(configured.mountPoint, host),
    ])
    const sight = await sightOf({ ...configured, ...wanted }, parseIntent(intentText), survey, host, signal)
    return { is: 'identified', wanted, sight, mount, mountPoint, bare, fstab, links, unitFile, intentText, consentText }
  },

  decide({ dataVolume: configured }, seen, past) {
    return tellInWaits(decideSeen(configured, seen, past), seen.bare)
  },
}

function decideSeen(configured: FrontendConfig['dataVolume'], seen: Seen, past: readonly ActionOutcome[]): Decision {
  if (seen.is === 'unidentified') return seen.decision
  const wanted = { ...configured, ...seen.wanted }
  const decision = decideSight(wanted, configured.deviceName, seen, past)
  return seen.intentText === undefined ? decision : withoutOldIntent(decision, wanted, seen.sight)
}

function decideSight(
  wanted: Identified,
  deviceName: string | undefined,
  { sight, consentText, ...place }: Extract<Seen, { is: 'identified' }>,
  past: readonly ActionOutcome[],
): Decision {
  switch (sight.is) {
    case 'refused':
      return sight.refusal
    case 'absent':
      return decideAbsent(wanted, sight.absence, past)
    case 'locked':
      return busy(`another process, most likely ${sight.by ?? 'a mkfs'}, holds the lock of ${sight.disk.path}`)
    case 'claimed':
      return busy(`something keeps ${sight.disk.path} for itself: a mkfs, or a mount of another namespace`)
    case 'written':
      return busy(`${sight.by} has ${sight.disk.path} open for writing`)
    case 'mounted':
    case 'read':
  }
  const { disk } = sight
  const objection = objectionToMount(wanted, disk, place.mount)
  if (objection !== undefined) return objection
  if (sight.is === 'mounted') {
    const verdict = soundnessOf(disk.path, wanted.fileSystem, sight.superblock)
    if (verdict.is === 'refuse') return verdict
    const decision = decideMount(wanted, disk, verdict, { ...place, byUuid: undefined, mountWords: '' }, past)
    return tellOfCopies(decision, wanted, sight)
  }
  const { verdict, byUuid, mountWords, facts } = sight
  if (verdict.is !== 'holds') {
    const decision = decideUnlessHeld(wanted, { ...sight, verdict }, parseConsent(consentText), past)
    const inTheWay = decision.is === 'act' ? objectionToPlace(wanted, disk, undefined, place) : undefined
    return inTheWay ?? decision
  }
  const whole = disk.partOf ?? disk
  // What has the configured name is taken for the volume; a name that nobody gave is only a guess.
  const guess = deviceName === undefined ? objectionToGuess(wanted.volumeId, whole, facts) : undefined
  return (
    objectionToUse(wanted, whole, facts) ??
    guess ??
    decideMount(wanted, disk, verdict, { ...place, byUuid, mountWords }, past)
  )
}

function busy(by: string): Decision {
  return { is: 'wait', code: 'DEVICE_BUSY', for: by }
}
