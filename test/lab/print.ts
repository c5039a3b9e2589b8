/** The lab talks to a person and to a CI log alike: whole lines, nothing redrawn. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** Prints when a piece of work starts and what it took, failed work included. */
export async function timed<T>(title: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  print(`    … ${title}`)
  try {
    const result = await work()
    print(`  ${seconds(performance.now() - start).padStart(8)}  ${title}`)
    return result
  } catch (error) {
    print(`  ${seconds(performance.now() - start).padStart(8)}  FAILED: ${title}`)
    throw error
  }
}
