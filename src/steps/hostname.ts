import type { Config } from '../config/schema.ts'
import { toConverge } from '../engine/decision.ts'
import type { Step } from '../engine/step.ts'
import { withName } from '../formats/hosts.ts'
import { refusal } from './refusal.ts'

const hostsPath = '/etc/hosts'

/** Without the first, cloud-init gives the instance its old name back; with the second, it would rewrite our line. */
const cloudInit = {
  path: '/etc/cloud/cloud.cfg.d/99-slurm-node-agent.cfg',
  content: 'preserve_hostname: true\nmanage_etc_hosts: false\n',
}

interface Seen {
  /** As /etc/hostname has it, for the next boot; `hostnamectl --static` says the same, and starts a daemon for it. */
  readonly static: string
  /** What the kernel answers now, and Slurm asks: cloud-init and DHCP clients can set it alone. */
  readonly running: string
  readonly address: string
  readonly hosts: string | undefined
  readonly cloudInit: string | undefined
}

export const hostname: Step<Pick<Config, 'hostname'>, Seen> = {
  id: 'hostname',
  title: 'Host name',
  after: [],
  deadlineMs: () => 180_000,

  async observe(_config, host) {
    const [fixed, running, address, hosts, dropIn] = await Promise.all([
      host.read('/etc/hostname'),
      host.read('/proc/sys/kernel/hostname'),
      host.primaryAddress(),
      host.read(hostsPath),
      host.read(cloudInit.path),
    ])
    return {
      static: (fixed ?? '').trim(),
      running: (running ?? '').trim(),
      address,
      hosts,
      cloudInit: dropIn,
    }
  },

  decide(config, seen) {
    if (seen.hosts === undefined) {
      return refusal(
        'HOSTS_UNREADABLE',
        `${hostsPath} is missing, and with it the name of localhost`,
        `restore ${hostsPath}, beginning with "127.0.0.1 localhost"`,
      )
    }
    // The real address, never loopback: slurmctld and the job servers must agree on where the name points.
    const hosts = withName(seen.hosts, config.hostname, seen.address)
    const wrongName = [seen.static, seen.running].find((name) => name !== config.hostname)
    return toConverge(
      `${config.hostname} is ${seen.address}`,
      wrongName !== undefined && {
        do: 'exec',
        argv: ['hostnamectl', 'set-hostname', config.hostname],
        because: `the name is ${wrongName || 'not set'}`,
      },
      seen.hosts !== hosts && {
        do: 'write',
        path: hostsPath,
        content: hosts,
        was: seen.hosts,
        mode: 0o644,
        keepsPermissions: true,
        because: `${config.hostname} must stand for ${seen.address} alone`,
      },
      seen.cloudInit !== cloudInit.content && {
        do: 'write',
        ...cloudInit,
        was: seen.cloudInit,
        mode: 0o644,
        because: 'cloud-init would set the name back',
      },
    )
  },
}
