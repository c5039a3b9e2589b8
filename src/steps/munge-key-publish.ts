import { join } from 'node:path'
import type { Action } from '../engine/action.ts'
import type { Share } from './share.ts'

/** A key that this machine has a copy of becomes the cluster's. */
export function publish(from: string, sha256: string, share: Share, because: string): readonly Action[] {
  const copy: Action = {
    do: 'copy-secret',
    from,
    to: join(share.mungeKeys, `${sha256}.key`),
    sha256,
    mode: 0o600,
    owner: { user: 'root', group: 'root' },
    whileMounted: share.mountPoint,
    because,
  }
  return [copy, pointTo(`${sha256}.key`, share)]
}

export function pointTo(name: string, share: Share): Action {
  return {
    do: 'symlink',
    path: join(share.mungeKeys, 'current'),
    target: name,
    whileMounted: share.mountPoint,
    because: 'no key is the current one yet',
  }
}
