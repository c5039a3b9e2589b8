export const unit = 'slurmd.service'
export const dropInPath = '/etc/systemd/system/slurmd.service.d/slurm-node-agent.conf'
export const dropIn = `# Made by slurm-node-agent.
[Unit]
RequiresMountsFor=/mnt/shared /mnt/work
Wants=munge.service
After=munge.service
`
/** Of a node, as slurmd and slurm.conf tell it. */
export const topology = { cpus: 2, sockets: 1, coresPerSocket: 2, threadsPerCore: 1 }
