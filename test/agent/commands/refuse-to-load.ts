import { registerHooks } from 'node:module'

/** What changes the machine or takes long to load: nothing for a command that only reads a table. */
const dear =
  /\/(?:src\/steps|src\/config|agent\/host\/host|@aws-sdk|zod|pino|execa|systeminformation|log-update|diff)[/.]/

// The program under test is the real one, but it dies when it loads any of these.
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    if (dear.test(resolved.url)) throw new Error(`${context.parentURL} loads ${resolved.url}`)
    return resolved
  },
})
