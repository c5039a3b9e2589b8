/** An open file, as /proc/PID/fdinfo/FD has it (proc_pid_fdinfo(5)). */
export interface OpenFile {
  readonly isForWriting: boolean
  /** Of the mount, as the first field of mountinfo. */
  readonly mountId: string
}

/** Of the flags: O_WRONLY and O_RDWR. */
const writing = 0o3

export function parseFdinfo(fdinfo: string): OpenFile {
  const flags = /^flags:\s*([0-7]+)$/m.exec(fdinfo)?.[1] ?? '0'
  const mountId = /^mnt_id:\s*(\d+)$/m.exec(fdinfo)?.[1] ?? ''
  return { isForWriting: (Number.parseInt(flags, 8) & writing) !== 0, mountId }
}
