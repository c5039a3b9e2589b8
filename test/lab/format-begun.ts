import { intentPath } from '../../src/formats/format-intent.ts'
import { exampleConfig } from './example-config.ts'
import type { Guest } from './guest.ts'
import { DATA_VOLUME_ID } from './lab.ts'

/**
 * Resolves as the agent starts mkfs on the data volume: its intent is there, until it has seen what became of it. Looked
 * for inside and by the shell alone, since mkfs has ended in a second, and one `pgrep` takes as long beside a busy dpkg.
 * What came by unseen all the same is over with the volume mounted.
 */
export async function formatBegun(guest: Guest, deadlineMs: number): Promise<void> {
  const { mountPoint } = exampleConfig().dataVolume
  const seen = `[ -e ${intentPath(DATA_VOLUME_ID)} ] || [ -e ${mountPoint}/lost+found ]`
  await guest.run(['sh', '-c', `until ${seen}; do sleep 0.05; done`], { deadlineMs })
}
