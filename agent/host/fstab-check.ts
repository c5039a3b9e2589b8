import { isDeepStrictEqual } from 'node:util'
import { findmntArgv, findmntExitCodes, parseFindmnt } from '../../src/formats/findmnt.ts'
import { ownEntries } from '../../src/formats/fstab.ts'
import { exec } from './exec.ts'

/**
 * Throws unless libmount reads each entry of ours in the file `candidate` as it is meant in its `content`: an entry that
 * it leaves out, or takes for another, would be missed at the next boot. What it makes of entries of others is not for
 * us to judge, and no reason to leave the machine without ours. (`findmnt --verify` would: to it a disk that is not
 * attached now, and a file system that is not mounted yet, are errors.)
 */
export async function checkFstab(candidate: string, content: string): Promise<void> {
  const read = parseFindmnt(await exec(findmntArgv(candidate), { ok: findmntExitCodes }))
  for (const { source, target, type, options } of ownEntries(content)) {
    const meant = { source, target, type, options: options.join(',') }
    if (read.some((entry) => isDeepStrictEqual(entry, meant))) continue
    const seen = read.find((entry) => entry.target === target)
    const instead = seen === undefined ? 'nothing' : `${seen.source} ${seen.type} ${seen.options}`
    const hint = 'look at /etc/fstab with findmnt --verify, and mend or remove what is wrong in it'
    throw new Error(`findmnt reads ${instead} where ${target} is to be ${source} ${type} ${meant.options}; ${hint}`)
  }
}
