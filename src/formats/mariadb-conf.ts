const dataDirectory = /^datadir=(.*)$/m

/**
 * A file for /etc/mysql/mariadb.conf.d: no TCP port at all, and what slurmdbd asks for. Source: Slurm's accounting guide,
 * "Slurm Accounting Configuration Before Build".
 */
export function printMariadbConf(directory: string, bufferPoolMiB: number): string {
  return `# Made by slurm-node-agent.
[mariadbd]
datadir=${directory}
skip-networking
innodb_buffer_pool_size=${bufferPoolMiB}M
innodb_lock_wait_timeout=900
`
}

/** Where the data is, by such a file. */
export function dataDirectoryOf(conf: string): string | undefined {
  return dataDirectory.exec(conf)?.[1]
}
