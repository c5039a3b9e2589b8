import type { Host } from '../engine/host.ts'
import type { Step } from '../engine/step.ts'
import { type PackageState, packageStateFormat, parsePackageStates } from '../formats/dpkg.ts'
import { refusal } from './refusal.ts'

/** What dpkg knows of these packages; without names, of all. */
export async function packageStates(
  names: readonly string[],
  host: Host,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PackageState>> {
  // 1: some of them are not known.
  const { stdout } = await host.exec(['dpkg-query', '--show', `--showformat=${packageStateFormat}`, ...names], {
    signal,
    ok: [0, 1],
  })
  return parsePackageStates(stdout)
}

/** The step, refusing at once where one of its packages could not be installed: why is in the result of `packages`. */
export function needingPackages<Config, State>(
  step: Step<Config, State>,
): Step<
  Config,
  { readonly is: 'lacking'; readonly names: readonly string[] } | { readonly is: 'seen'; readonly seen: State }
> {
  return {
    ...step,
    async observe(config, host, signal) {
      const needed = step.packages?.(config) ?? []
      const states = needed.length === 0 ? new Map<string, PackageState>() : await packageStates(needed, host, signal)
      const names = needed.filter((name) => states.get(name)?.installed !== true)
      return names.length > 0
        ? { is: 'lacking', names }
        : { is: 'seen', seen: await step.observe(config, host, signal) }
    },
    decide(config, look, past) {
      if (look.is === 'seen') return step.decide(config, look.seen, past)
      return refusal(
        'PACKAGE_MISSING',
        `not installed: ${look.names.join(', ')}`,
        "apt's reason is with the step packages; mend it there and run apply again",
      )
    },
  }
}
