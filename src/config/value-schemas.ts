import * as z from 'zod/mini'
import * as grammar from './grammar.ts'

export const deadlineSeconds = grammar.whole(10, 86_400, 'seconds')
export const flag = z.boolean('must be true or false')
export const convergeIntervalSeconds = grammar.whole(0, 604_800, 'seconds')
export const roleProblem = 'must be "frontend" or "job"'

/** What a configuration may say that it is written for; a key that changes its meaning needs a new one. */
export const newestVersion = 1
export const version = z.optional(z.literal(newestVersion, `must be ${newestVersion}`))
