import { expect, test } from 'vitest'
import { dataDirectoryOf, printMariadbConf } from '../../src/formats/mariadb-conf.ts'

/** mariadbd 10.11 was started with it: it listens on its socket alone, and slurmdbd 22.05 has no complaint. */
const conf = `# Made by slurm-node-agent.
[mariadbd]
datadir=/var/lib/mysql
skip-networking
innodb_buffer_pool_size=1024M
innodb_lock_wait_timeout=900
`

test('the file for MariaDB has the place of the data and no port', () => {
  expect(printMariadbConf('/var/lib/mysql', 1024)).toBe(conf)
})

test('the place of the data is read from it', () => {
  expect(dataDirectoryOf(conf)).toBe('/var/lib/mysql')
  expect(dataDirectoryOf('')).toBeUndefined()
})
