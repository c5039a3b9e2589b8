/** The role of the instance profile, and keys that are no secret: they open nothing but this lab. */
export const ROLE = 'lab-instance-role'

export const CREDENTIALS = {
  accessKeyId: 'ASIALABLABLABLABLABL',
  secretAccessKey: 'lab/secret/access/key/that/opens/nothing',
  token: 'lab-session-token',
} as const
