import { execa } from 'execa'

/** Of the last commit, where nobody says another one (reproducible-builds.org/docs/source-date-epoch). */
export async function sourceDateEpoch(): Promise<number> {
  const given = process.env['SOURCE_DATE_EPOCH']
  if (given !== undefined) return Number(given)
  return Number((await execa('git', ['log', '-1', '--format=%ct'])).stdout)
}
