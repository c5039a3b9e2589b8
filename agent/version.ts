/** Put in by the build, from package.json. */
export const version = process.env['SLURM_NODE_AGENT_VERSION'] ?? 'development'
