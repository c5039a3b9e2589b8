import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const run = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' })

/** A certificate for the name, signed by an authority of its own, as files and as text. */
export function certificateFor(name: string, { expired = false } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'certificates-'))
  const at = (file: string) => join(directory, file)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const
  run('req', '-x509', ...newKey, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=Test CA', '-days', '2')
  run('req', ...newKey, '-keyout', at('key.pem'), '-out', at('request.pem'), '-subj', `/CN=${name}`)
  writeFileSync(at('names'), `subjectAltName=DNS:${name}`)
  const authority = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'] as const
  run(
    'x509',
    '-req',
    '-in',
    at('request.pem'),
    ...authority,
    '-out',
    at('cert.pem'),
    // A negative number of days is one that ended before it began.
    '-days',
    expired ? '-1' : '2',
    '-extfile',
    at('names'),
  )
  return { directory, authority: at('ca.pem'), key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) }
}
