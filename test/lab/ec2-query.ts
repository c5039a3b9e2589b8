import { AwsError } from './aws-error.ts'

/** A decoded request of the EC2 query protocol: `VolumeId.1=…` is a list, `Filter.1.Name=…` a list of structures. */
export interface Ec2Query {
  readonly action: string
  one(name: string): string | undefined
  many(name: string): readonly string[]
  filters(): ReadonlyMap<string, readonly string[]>
}

export function parseEc2Query(body: string): Ec2Query {
  const fields = new URLSearchParams(body)
  const many = (name: string): string[] => {
    const values: string[] = []
    for (let index = 1; ; index += 1) {
      const value = fields.get(`${name}.${index}`)
      if (value === null) return values
      values.push(value)
    }
  }
  return {
    action: fields.get('Action') ?? '',
    one: (name) => fields.get(name) ?? undefined,
    many,
    filters() {
      const filters = new Map<string, readonly string[]>()
      for (let index = 1; ; index += 1) {
        const name = fields.get(`Filter.${index}.Name`)
        if (name === null) return filters
        filters.set(name, many(`Filter.${index}.Value`))
      }
    },
  }
}

export function required(query: Ec2Query, name: string): string {
  const value = query.one(name)
  if (value === undefined) {
    throw new AwsError('MissingParameter', 400, `The request must contain the parameter ${name}`)
  }
  return value
}

export function noVolume(volumeId: string): AwsError {
  return new AwsError('InvalidVolume.NotFound', 400, `The volume '${volumeId}' does not exist.`)
}

export function noInstance(instanceId: string): AwsError {
  return new AwsError('InvalidInstanceID.NotFound', 400, `The instance ID '${instanceId}' does not exist`)
}
