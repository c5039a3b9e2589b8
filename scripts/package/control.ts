import manifest from '../../package.json' with { type: 'json' }

const maintainer = 'The slurm-node-agent maintainers <maintainers@slurm-node-agent.invalid>'

/** Official binaries of Node from 25 on need libatomic (nodejs/node#60790); all need the C++ library. */
function dependencies(nodeMajor: number): readonly string[] {
  return ['ca-certificates', 'curl', ...(nodeMajor < 25 ? [] : ['libatomic1']), 'libstdc++6', 'systemd']
}

export interface ControlFacts {
  readonly nodeMajor: number
  readonly installedKiB: number
}

export function control({ nodeMajor, installedKiB }: ControlFacts): string {
  return `Package: ${manifest.name}
Version: ${manifest.version}
Architecture: all
Maintainer: ${maintainer}
Installed-Size: ${installedKiB}
Depends: ${dependencies(nodeMajor).join(', ')}
Section: admin
Priority: optional
Description: bring an EC2 instance to its role in a Slurm cluster
 It makes an instance a Slurm front end or a job server by the configuration
 in /etc/slurm-node-agent/config.json, keeps it one at every boot, and repairs
 it by hand with the same command. The packages of Slurm, Munge and NFS are
 installed by it, as its role needs them.
 .
 Node is fetched when the package is installed, and checked by its SHA-256.
`
}

export function changelog(epoch: number): string {
  const date = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000')
  return `${manifest.name} (${manifest.version}) unstable; urgency=medium

  * Release ${manifest.version}.

 -- ${maintainer}  ${date}
`
}
