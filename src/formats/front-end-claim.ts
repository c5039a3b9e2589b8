/** Which instance is the front end, with which data volume: what the link on the share points to. */
export interface FrontEndClaim {
  readonly instanceId: string
  /** Undefined where it is configured by the name of its device. */
  readonly volumeId: string | undefined
}

/** Undefined where the text is no claim. */
export function parseFrontEndClaim(target: string): FrontEndClaim | undefined {
  const [, instanceId, volumeId] = /^(i-[0-9a-f]+)(?:\/(vol-[0-9a-f]+))?$/.exec(target) ?? []
  return instanceId === undefined ? undefined : { instanceId, volumeId }
}

export function printFrontEndClaim({ instanceId, volumeId }: FrontEndClaim): string {
  return volumeId === undefined ? instanceId : `${instanceId}/${volumeId}`
}
