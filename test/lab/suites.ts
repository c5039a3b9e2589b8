/** What a guest image of a Debian release is made of. */
export interface Suite {
  readonly codename: string
  readonly packages: readonly string[]
}

/** Like Debian's own cloud images: it boots, gets an address, runs user_data, and is otherwise empty. */
const EVERY_SUITE = [
  'ca-certificates',
  'cloud-init',
  'curl',
  'dbus',
  'e2fsprogs',
  'iproute2',
  'less',
  'linux-image-cloud-amd64',
  'openssh-server',
  'procps',
  'sudo',
  'systemd-sysv',
  'udev',
  'xz-utils',
] as const

export const SUITES = {
  bookworm: { codename: 'bookworm', packages: [...EVERY_SUITE, 'ifupdown', 'isc-dhcp-client'] },
  // Debian 13 dropped isc-dhcp-client from what cloud-init and ifupdown call.
  trixie: { codename: 'trixie', packages: [...EVERY_SUITE, 'ifupdown', 'dhcpcd-base'] },
} as const satisfies Record<string, Suite>

export type SuiteName = keyof typeof SUITES
