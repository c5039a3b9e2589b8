import { unescapeOctal } from './octal-escapes.ts'

/** The paths of the devices and files of /proc/swaps. */
export function parseSwaps(swaps: string): readonly string[] {
  return swaps
    .split('\n')
    .slice(1) // the head of the table
    .flatMap((line) => line.split(/\s/)[0] ?? [])
    .filter((path) => path !== '')
    .map(unescapeOctal)
}
