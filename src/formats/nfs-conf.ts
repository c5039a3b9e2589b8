/** What rpc.nfsd sets and the kernel then runs with. */
export interface NfsdSettings {
  readonly threads: number
  readonly v3: boolean
  readonly v4: boolean
}

/**
 * A file for /etc/nfs.conf.d. Version 2 is turned off by name: no server has it any more, but rpc.mountd of nfs-utils
 * 2.6 takes it for on where nothing is said, and listens on ports of its own for it.
 */
export function printNfsConf(settings: NfsdSettings): string {
  return ['# Made by slurm-node-agent.', '[nfsd]', 'vers2=n', ...printSettings(settings), ''].join('\n')
}

export function printSettings({ threads, v3, v4 }: NfsdSettings): readonly string[] {
  return [`vers3=${print(v3)}`, `vers4=${print(v4)}`, `threads=${threads}`]
}

/** What `nfsconf --dump` prints, which is what all files together come to. The defaults are those of nfs.conf(5). */
export function parseNfsConf(stdout: string): NfsdSettings {
  const [, nfsd = ''] = /^\[nfsd\]\n([^[]*)/m.exec(stdout) ?? []
  const pairs = [...nfsd.matchAll(/^\s*(\S+)\s*=\s*(.*)$/gm)]
  const settings = new Map(pairs.map(([, name = '', value = '']) => [name, value]))
  return {
    threads: Number(settings.get('threads')) || 8, // 0 would be no server at all
    v3: isTrue(settings.get('vers3') ?? 'y'),
    v4: isTrue(settings.get('vers4') ?? 'y'),
  }
}

function print(flag: boolean): string {
  return flag ? 'y' : 'n'
}

/** Source: conf_get_bool of nfs-utils. */
function isTrue(value: string): boolean {
  return ['1', 't', 'true', 'y', 'yes', 'on'].includes(value.toLowerCase())
}
