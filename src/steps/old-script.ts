import type { ActionOutcome } from '../engine/action.ts'
import { type Decision, type Warning, withWarnings } from '../engine/decision.ts'

/** True for the line that the bash script, which the agent replaces, appended to a file. */
export type IsOldLine = (line: string) => boolean

/** In /etc/fstab: it named the disk by the name that it happened to have: which disk it is now, the line does not tell. */
export function oldDataEntry(mountPoint: string): IsOldLine {
  const device = /^\/dev\/(?:nvme[1-9]n1|xvdf)$/
  return (line) => {
    const [source = '', ...rest] = line.split(' ')
    return device.test(source) && rest.join(' ') === `${mountPoint} ext4 defaults,nofail 0 2`
  }
}

/** In /etc/fstab, for EFS. That of another file system is not taken for ours. */
export function oldEfsEntry(fileSystemId: string, mountPoint: string): IsOldLine {
  return (line) => line === `${fileSystemId}:/ ${mountPoint} efs _netdev,tls 0 0`
}

/**
 * The file as it would be had the script not run: its line gives way to the agent's. It must stand exactly as the
 * script wrote it. Any other line may be what somebody wants.
 */
export function withoutOld(content: string | undefined, isOld: IsOldLine): string {
  return (content ?? '')
    .split('\n')
    .filter((line) => !isOld(line))
    .join('\n')
}

/** The decision with a word about the line that this run took out: the next one no longer sees it. */
export function tellOfOld(decision: Decision, isOld: IsOldLine, past: readonly ActionOutcome[]): Decision {
  const replaced = past.flatMap(({ is, action }) =>
    is === 'done' && action.do === 'write' && action.path === '/etc/fstab' ? (action.was ?? '').split('\n') : [],
  )
  const warnings = replaced.filter(isOld).map((line): Warning => {
    return { code: 'FSTAB_OLD_ENTRY_REPLACED', text: `this line of the old script was replaced in /etc/fstab: ${line}` }
  })
  return withWarnings(decision, ...warnings)
}
