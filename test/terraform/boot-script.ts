import { gunzipSync } from 'node:zlib'
import type { Body } from './hcl.ts'

/** The user_data of an instance, or of a launch template, which calls it otherwise, as cloud-init sees it. */
export function scriptOf({ user_data_base64: ofInstance, user_data: ofTemplate }: Body): string {
  const bytes = Buffer.from(String(ofInstance ?? ofTemplate), 'base64')
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString()
}

/** The agent's configuration in it. */
export function configurationOf(instance: Body): string {
  return /<<'CONFIG'\n(.*)\nCONFIG\n$/.exec(scriptOf(instance))?.[1] ?? ''
}
