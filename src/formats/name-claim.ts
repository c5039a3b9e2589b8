/**
 * A claim of a node's name: a symbolic link `NAME.NUMBER` whose target is the ID of the instance that has the name. The
 * link is there whole or not at all, and of two that are made at once there is one.
 */
export interface NameClaim {
  readonly name: string
  /** From 1 on: of the claims for a name, the one with the highest number counts. */
  readonly number: number
}

/** Undefined for the name of another file. */
export function parseClaim(file: string): NameClaim | undefined {
  const [, name, number] = /^([a-z0-9-]+)\.([1-9]\d{0,8})$/.exec(file) ?? []
  return name === undefined ? undefined : { name, number: Number(number) }
}

export function printClaim({ name, number }: NameClaim): string {
  return `${name}.${number}`
}

/** The instance that a link to this is for; undefined where it is for none. */
export function instanceIn(target: string | undefined): string | undefined {
  return /^i-[0-9a-f]+$/.exec(target ?? '')?.[0]
}
