import type { Write } from '../engine/action.ts'
import type { Warning } from '../engine/decision.ts'
import { telling } from '../engine/told.ts'

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

/** What writes /etc/fstab, with a word about the old lines that it takes out: no later run sees them. */
export function tellOfOld(write: Write, isOld: IsOldLine): Write {
  const replaced = (write.was ?? '').split('\n').filter(isOld)
  const warnings = replaced.map((line): Warning => {
    return { code: 'FSTAB_OLD_ENTRY_REPLACED', text: `this line of the old script was replaced in /etc/fstab: ${line}` }
  })
  return telling(write, warnings)
}
