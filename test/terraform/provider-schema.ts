import { fileURLToPath } from 'node:url'
import written from '../fixtures/terraform/aws-schema.json' with { type: 'json' }

/** What a resource type, or a block in one, takes and gives. A block's name may be among those that are required. */
export interface BodySchema {
  readonly required: readonly string[]
  readonly optional: readonly string[]
  /** Only read. */
  readonly computed: readonly string[]
  readonly blocks: Readonly<Record<string, BodySchema>>
}

/** Of the types that the module uses, as `node scripts/aws-schema.ts` has written it down. */
export interface ProviderSchema {
  readonly source: string
  readonly resource: Readonly<Record<string, BodySchema>>
  readonly data: Readonly<Record<string, BodySchema>>
}

export const schemaFile = fileURLToPath(new URL('../fixtures/terraform/aws-schema.json', import.meta.url))

export const providerSchema: ProviderSchema = written
