/** What `cloud-init status` tells of this boot: running, done, error, disabled, `not run`, … */
export function parseCloudInitStatus(stdout: string): string {
  const [, status] = /^status: (.+)$/m.exec(stdout) ?? []
  if (status === undefined) throw new Error(`cloud-init status says ${stdout.trim() || 'nothing'}`)
  return status
}
