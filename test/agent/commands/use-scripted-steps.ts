import { registerHooks } from 'node:module'

const stands = [
  // They would turn this machine into a front end.
  ['/src/steps/roles.ts', new URL('./scripted-steps.ts', import.meta.url)],
  // Somebody may be looking at it.
  ['/agent/host/console.ts', new URL('./scripted-console.ts', import.meta.url)],
] as const

// The program under test is the real one but for these.
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    const [, url] = stands.find(([path]) => resolved.url.endsWith(path)) ?? []
    return url === undefined ? resolved : { ...resolved, url: url.href }
  },
})
