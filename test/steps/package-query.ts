import { packageStateFormat } from '../../src/formats/dpkg.ts'

/** The command that asks dpkg for these packages, or, without names, for all. */
export function packageQuery(...names: readonly string[]): string {
  return ['dpkg-query', '--show', `--showformat=${packageStateFormat}`, ...names].join(' ')
}
