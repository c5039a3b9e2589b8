import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { replaced } from '../replaced.ts'
import { FILE_SYSTEM_ID } from './lab.ts'
import { boothook, multipart } from './multipart.ts'

/** Made by the script once it is through. */
export const SCRIPT_ENDED = '/run/bench-ended'

const text = (name: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`old-script/${name}`, import.meta.url)), 'utf8')

/** The shell script that the agent replaces, as Terraform renders it. */
export async function oldScript(configured: readonly string[]): Promise<string> {
  // The stand-in for mount.efs needs stunnel4.
  const packages = ['amazon-efs-utils', 'stunnel4', 'nfs-common', ...configured].join(' ')
  const script = replaced(await text('script.sh'), 'PACKAGES_OF_THE_SCRIPT', packages)
  return replaced(script, 'EFS_FILE_SYSTEM_ID', FILE_SYSTEM_ID)
}

/** The script, on a machine that has a mount helper for EFS. */
export async function oldScriptUserData(configured: readonly string[]): Promise<string> {
  const helper = `#!/bin/sh\ncat >/sbin/mount.efs <<'HELPER'\n${await text('mount-efs.sh')}HELPER\nchmod 755 /sbin/mount.efs\n`
  return multipart([boothook(helper), { type: 'text/x-shellscript', content: await oldScript(configured) }])
}
