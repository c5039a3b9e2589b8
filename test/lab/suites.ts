/** What a guest image of a Debian release is made of. */
export interface Suite {
  readonly codename: string
  readonly packages: readonly string[]
}

/**
 * What Debian's own cloud images have beyond what boots (debian-cloud-images, package_config/EXTRAS): man-db among it,
 * whose trigger runs at the end of each apt transaction. Their unattended-upgrades is left out: it starts when it likes.
 */
const EXTRAS = [
  'apt-listchanges',
  'bash-completion',
  'bind9-host',
  'ca-certificates',
  'curl',
  'ethtool',
  'less',
  'man-db',
  'manpages',
  'pciutils',
  'psmisc',
  'reportbug',
  'screen',
  'socat',
  'tcpdump',
  'traceroute',
  'uuid-runtime',
  'vim',
  'xz-utils',
] as const

/** Like Debian's own cloud images: it boots, gets an address, runs user_data, and has no package of the role's. */
const EVERY_SUITE = [
  ...EXTRAS,
  'cloud-init',
  'dbus',
  'e2fsprogs',
  'iproute2',
  'linux-image-cloud-amd64',
  'openssh-server',
  'procps',
  'sudo',
  'systemd-sysv',
  'udev',
] as const

export const SUITES = {
  bookworm: { codename: 'bookworm', packages: [...EVERY_SUITE, 'ifupdown', 'isc-dhcp-client'] },
  // Debian 13 dropped isc-dhcp-client from what cloud-init and ifupdown call.
  trixie: { codename: 'trixie', packages: [...EVERY_SUITE, 'ifupdown', 'dhcpcd-base'] },
} as const satisfies Record<string, Suite>

export type SuiteName = keyof typeof SUITES
