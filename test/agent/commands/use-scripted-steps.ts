import { registerHooks } from 'node:module'

const scripted = new URL('./scripted-steps.ts', import.meta.url).href

// The program under test is the real one but for the steps, which would turn this machine into a front end.
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    return resolved.url.endsWith('/src/steps/roles.ts') ? { ...resolved, url: scripted } : resolved
  },
})
