import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { cached } from './cache.ts'

/** The lab's own certificate authority and its SSH key: made once on a machine, trusted by the guests alone. */
export interface Authority {
  readonly certificate: string
  readonly key: string
  readonly sshKey: string
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const

export async function authority(): Promise<Authority> {
  const folder = await cached({
    name: 'keys',
    key: { version: 1 },
    build: async (into) => {
      await openssl(
        ['req', '-x509', ...NEW_KEY, '-days', '3650', '-subj', '/CN=slurm-node-agent lab'],
        ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
        ['-keyout', join(into, 'ca.key'), '-out', join(into, 'ca.crt')],
      )
      await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', join(into, 'ssh')])
    },
  })
  return { certificate: join(folder, 'ca.crt'), key: join(folder, 'ca.key'), sshKey: join(folder, 'ssh') }
}

/** Its arguments come in groups, for the reader's sake. */
async function openssl(...groups: readonly (readonly string[])[]): Promise<void> {
  await execa('openssl', groups.flat())
}

export interface Certificate {
  readonly chain: string
  readonly key: string
}

/** A server certificate for these DNS names, in files below `folder` named by `label`. */
export async function issueCertificate(
  { certificate, key }: Authority,
  folder: string,
  label: string,
  names: readonly [string, ...string[]],
): Promise<Certificate> {
  const path = (ending: string): string => join(folder, `${label}.${ending}`)
  await writeFile(
    path('ext'),
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\nextendedKeyUsage=serverAuth\n`,
  )
  await openssl(['req', '-new', ...NEW_KEY, '-subj', `/CN=${names[0]}`], ['-keyout', path('key'), '-out', path('csr')])
  await openssl(
    ['x509', '-req', '-in', path('csr'), '-CA', certificate, '-CAkey', key, '-days', '7'],
    ['-extfile', path('ext'), '-out', path('leaf')],
  )
  await writeFile(path('crt'), (await readFile(path('leaf'), 'utf8')) + (await readFile(certificate, 'utf8')))
  return { chain: path('crt'), key: path('key') }
}
