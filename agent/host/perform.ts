import type { Action, ActionOutcome, Exec } from '../../src/engine/action.ts'
import { messageOf } from '../../src/engine/errors.ts'
import { download } from './download.ts'
import { attachVolume } from './ec2.ts'
import { exec } from './exec.ts'
import { makeDirectory, makeLink, permit, removeFile, type Stale, writeFile, writeTest } from './file-actions.ts'
import { formatDisk } from './format.ts'
import { rescanPci } from './pci.ts'
import { copySecret, makeSecret } from './secret-actions.ts'
import { assertMounted, NotMounted } from './while-mounted.ts'

/** Carries out one action; never throws. What changes the machine is called from here alone. */
export async function perform(action: Action, signal: AbortSignal): Promise<ActionOutcome> {
  try {
    await assertMounted(action.whileMounted)
    const stale = await carryOut(action, signal)
    return stale === undefined ? { is: 'done', action } : { is: 'stale', action, because: stale }
  } catch (error) {
    if (error instanceof NotMounted) return { is: 'stale', action, because: error.message }
    return { is: 'failed', action, error: messageOf(error) }
  }
}

async function carryOut(action: Action, signal: AbortSignal): Promise<Stale> {
  switch (action.do) {
    case 'exec':
      return await run(action, signal)
    case 'write':
      return await writeFile(action)
    case 'mkdir':
      return await makeDirectory(action)
    case 'remove':
      return await removeFile(action)
    case 'permit':
      return await permit(action)
    case 'symlink':
      return await makeLink(action)
    case 'make-secret':
      return await makeSecret(action)
    case 'copy-secret':
      return await copySecret(action)
    case 'download':
      return await download(action, signal)
    case 'write-test':
      return await writeTest(action)
    case 'format':
      return await formatDisk(action, signal)
    case 'attach-volume':
      return await attachVolume(action, signal)
    case 'rescan-pci':
      return await rescanPci()
  }
}

async function run({ argv, env, uninterruptible }: Exec, signal: AbortSignal): Promise<Stale> {
  await exec(argv, { ...(env && { env }), ...(uninterruptible ? {} : { signal }) })
  return undefined
}
