import { expect, test } from 'vitest'
import { confServerPath } from '../../src/steps/conf-server.ts'
import { optionsTaken } from '../../src/steps/slurmd-options.ts'
import { fakeHost, signal } from '../fake-host.ts'

const unit = 'slurmd.service'
const defaults = '/etc/default/slurmd'
const fragment = '/lib/systemd/system/slurmd.service'
const override = '/etc/systemd/system/slurmd.service.d/override.conf'
const ours = '[Service]\nEnvironment="SLURMD_OPTIONS=--conf-server 10.0.0.5"\n'

function look(files: Record<string, string>, command = '/usr/sbin/slurmd -D -s $SLURMD_OPTIONS') {
  const show = `systemctl show --property=FragmentPath,DropInPaths,EnvironmentFiles,ExecStart ${unit}`
  const shown = `EnvironmentFiles=${defaults} (ignore_errors=yes)
ExecStart={ path=/usr/sbin/slurmd ; argv[]=${command} ; ignore_errors=no ; pid=0 }
FragmentPath=${fragment}
DropInPaths=${override} ${confServerPath}
`
  const none = { [defaults]: undefined, [fragment]: '[Service]\nType=simple\n', [override]: undefined }
  const host = fakeHost({ commands: { [show]: shown }, files: { ...none, [confServerPath]: ours, ...files } })
  return optionsTaken(unit, confServerPath, host, signal)
}

test.each([
  [defaults, '# a\nSLURMD_OPTIONS="-v"\n'],
  [override, '[Service]\nEnvironment=SLURMD_OPTIONS=-v\n'],
  [override, '[Service]\nEnvironment="A=b c" "SLURMD_OPTIONS=-v"\n'],
  [override, '[Service]\nEnvironment = A=b \\\n  "SLURMD_OPTIONS=-v"\n'],
  [fragment, '[Service]\nEnvironment=SLURMD_OPTIONS=\n'],
])('%s sets the options of slurmd: %j', async (path, content) => {
  expect(await look({ [path]: content })).toEqual({ by: 'file', path })
})

test.each([
  [defaults, '#SLURMD_OPTIONS=""\n'],
  [override, '[Service]\nEnvironment=MY_SLURMD_OPTIONS=-v\n'],
  [confServerPath, ours],
])('%s does not: %j', async (path, content) => {
  expect(await look({ [path]: content })).toBeUndefined()
})

test('a command without them leaves no place for ours', async () => {
  expect(await look({}, '/usr/sbin/slurmd -D --conf-server elsewhere')).toEqual({ by: 'ExecStart' })
})
