import { expect, test } from 'vitest'
import { isSameConf } from '../../src/formats/shown-config.ts'

/** As slurm_ctl_conf_2_key_pairs and slurm_print_key_pairs print it. */
const shown = (hash: string) => `Configuration data as of 2026-11-25T23:01:02
GroupUpdateTime         = 600 sec
HASH_VAL                = ${hash}
HealthCheckInterval     = 0 sec
`

test.each([
  ['with the same slurm.conf', shown('Match'), true],
  ['with another one', shown('Different Ours=0x72e31e83 Slurmctld=0x263790d7'), false],
  ['with one of which nothing is said', 'slurm_load_ctl_conf error: Unable to contact slurm controller\n', false],
])('slurmctld runs %s', (_which, stdout, isSame) => {
  expect(isSameConf(stdout)).toBe(isSame)
})
