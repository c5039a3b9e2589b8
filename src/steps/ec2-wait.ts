import type { Decision } from '../engine/decision.ts'
import type { Asked } from './asked.ts'

/** `lacking` says what is not known, `action` is what the instance must be allowed to ask. */
export function waitForEc2(
  lacking: string,
  action: `ec2:${string}`,
  { is, because }: Exclude<Asked<unknown>, { readonly is: 'known' }>,
): Decision {
  switch (is) {
    case 'denied':
      return { is: 'wait', code: 'EC2_DENIED', for: `${lacking}; EC2 may not be asked (${action}): ${because}` }
    case 'unreachable':
      return { is: 'wait', code: 'EC2_UNREACHABLE', for: `${lacking}; EC2 cannot be reached (${action}): ${because}` }
    case 'throttled':
      return { is: 'wait', code: 'EC2_THROTTLED', for: `${lacking}; EC2 throttles the account (${action}): ${because}` }
    case 'unanswered':
      return { is: 'wait', code: 'EC2_NOT_ANSWERING', for: `${lacking}; EC2 does not answer (${action}): ${because}` }
  }
}
