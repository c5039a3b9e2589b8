import * as z from 'zod/mini'
import * as grammar from './grammar.ts'

/** Those whose jobs run on the nodes: the same name with the same number everywhere. */
export const users = z.array(
  z.strictObject({
    name: grammar.userName,
    /** Below 1000 are the system's, from 60001 on systemd's. */
    uid: grammar.whole(1_000, 60_000, 'a user ID'),
    /** Without it, as the uid. */
    gid: z.optional(grammar.whole(1_000, 60_000, 'a group ID')),
    home: grammar.absolutePath,
  }),
)

export type User = z.infer<typeof users>[number]
