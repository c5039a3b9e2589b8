import { messageOf } from '../engine/errors.ts'
import type { Answer } from '../engine/host.ts'

/** `unanswered`: there is a way to the AWS API, but no answer came this time. */
export type Asked<T> = Answer<T> | { readonly is: 'unanswered'; readonly because: string }

/** The answer, whatever became of the question: it is for `decide` to say what follows from having none. */
export async function asked<T>(question: Promise<Answer<T>>, signal: AbortSignal): Promise<Asked<T>> {
  try {
    return await question
  } catch (error) {
    signal.throwIfAborted()
    return { is: 'unanswered', because: messageOf(error) }
  }
}
