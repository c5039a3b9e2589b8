import { showPackages } from '../../src/formats/dpkg.ts'

/** The command that asks dpkg for all packages. */
export const packageQuery = showPackages.join(' ')
