import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CopySecret, MakeSecret } from '../../src/engine/action.ts'
import type { Stale } from './file-actions.ts'
import { sha256Of } from './files.ts'
import { idsOf } from './owner.ts'
import { replaceFile } from './replace-file.ts'
import { assertMounted } from './while-mounted.ts'

/** The bytes live in this function alone; all that others ever see of them is the fingerprint in the file's name. */
export async function makeSecret({ directory, sizeBytes, whileMounted }: MakeSecret): Promise<Stale> {
  const secret = randomBytes(sizeBytes)
  try {
    const path = join(directory, `${sha256Of(secret)}.key`)
    await replaceFile(path, secret, { mode: 0o600 }, () => assertMounted(whileMounted))
    return undefined
  } finally {
    secret.fill(0)
  }
}

export async function copySecret({ from, to, sha256, mode, owner, whileMounted }: CopySecret): Promise<Stale> {
  const secret = await readFile(from)
  try {
    if (sha256Of(secret) !== sha256)
      return `${from} is no longer the secret with the fingerprint ${sha256.slice(0, 12)}`
    await replaceFile(to, secret, { mode, ids: await idsOf(owner) }, () => assertMounted(whileMounted))
    return undefined
  } finally {
    secret.fill(0)
  }
}
