import type { Exec } from '../engine/action.ts'
import type { Host } from '../engine/host.ts'

const keys = '/var/lib/snapd/device/private-keys-v1'

/**
 * snapd's own way, and the only one: its files are not to be edited, or it loses the snaps. It takes a new key and serial
 * number after the next boot, and none before (its REST API, /v2/model/serial).
 */
const forget: Exec = {
  do: 'exec',
  argv: [
    'curl',
    '--fail',
    '--silent',
    '--show-error',
    '--unix-socket',
    '/run/snapd.socket',
    '--header',
    'Content-Type: application/json',
    '--data',
    '{"action": "forget", "no-registration-until-reboot": true}',
    'http://localhost/v2/model/serial',
  ],
  because: 'the Snap Store knows a machine by its key and serial number',
}

/** Nothing where snapd has no key: it would fail. */
export async function toForgetSerial(host: Host): Promise<readonly Exec[]> {
  return (await host.list(keys)).length === 0 ? [] : [forget]
}
