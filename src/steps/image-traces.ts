import type { Remove } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'

/** Files by which one machine is told from another, or with which two would be alike where they must not be. */
const traces = [
  { directory: '/etc/munge', name: /^munge\.key$/, because: 'each cluster has a key of its own' },
  { directory: '/var/lib/munge', name: /\.seed$/, because: 'instances must not begin with the same random numbers' },
  { directory: '/etc/ssh', name: /^ssh_host_/, because: 'cloud-init makes those of each instance' },
  { directory: '/var/lib/dbus', name: /^machine-id$/, because: 'systemd would take it over (machine-id(5))' },
  {
    directory: '/var/lib/systemd',
    name: /^random-seed$/,
    because: 'instances must not begin with the same random numbers',
  },
  {
    directory: '/var/lib/systemd',
    name: /^credential\.secret$/,
    because: 'it encrypts the credentials of one machine',
  },
  { directory: '/etc', name: /^hostname$/, because: 'cloud-init gives each instance its name' },
  { directory: '/var/lib/dhcp', name: /\.leases?$/, because: 'an instance would ask for the address of this one' },
  { directory: '/var/lib/dhcpcd', name: /\.lease6?$/, because: 'an instance would ask for the address of this one' },
  { directory: '/var/lib/dhcpcd', name: /^(?:duid|secret)$/, because: 'DHCP servers know a machine by it' },
  // Docker is no daemon of ours, but on the list of most: it starts as soon as it is installed.
  { directory: '/etc/docker', name: /^key\.json$/, because: 'each Docker has an identity of its own' },
  { directory: '/var/lib/docker', name: /^engine-id$/, because: 'each Docker has an identity of its own' },
  {
    directory: '/var/lib/amazon/ssm/Vault/Store',
    name: /RegistrationKey$/,
    because: 'Systems Manager knows a machine by it',
  },
  { directory: '/var/lib/amazon/ssm', name: /^credentials$/, because: 'they are those of this machine' },
] as const

/** What takes away those that are there. */
export async function toRemoveTraces(host: Host): Promise<readonly Remove[]> {
  const found = await Promise.all(
    traces.map(async ({ directory, name, because }) => {
      const names = (await host.list(directory)).filter((entry) => name.test(entry))
      return names.map((entry): Remove => ({ do: 'remove', path: `${directory}/${entry}`, because }))
    }),
  )
  return found.flat()
}
