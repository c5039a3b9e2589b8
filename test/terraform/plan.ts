import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Block, type Body, bodiesOf, bodyOf, isBody, readModule } from './hcl.ts'
import { madeUp, type Told, toldOfGroup } from './made-up.ts'
import { standIn } from './stand-in.ts'
import { terraformFolder, terraformIn } from './terraform.ts'

/** What must be given to the module. */
export const least = {
  agent: { url: 'https://example.com/slurm-node-agent.tar.gz', sha256: '1'.repeat(64) },
  node: { x86_64: { url: 'https://example.com/node-x64.tar.xz', sha256: '2'.repeat(64) } },
  subnet_ids: ['subnet-a', 'subnet-b'],
}

/** The arguments of what is planned, by address, such as `aws_instance.job[0]`; what is in `output.status`; and what comes of `check.ready`. */
export type Plan = Readonly<Record<string, Body>>

/** What terraform plans of the root module. Throws with what it says. */
export async function plan(variables: Body = {}, told = toldOfGroup): Promise<Plan> {
  return await planned({ told }, { ...least, ...variables })
}

let plainBefore: Promise<Plan> | undefined

/** With nothing set. Planned once. */
export function plainPlan(): Promise<Plan> {
  plainBefore ??= plan()
  return plainBefore
}

export const key = 'arn:aws:kms:eu-west-1:123456789012:key/1'
let encryptedBefore: Promise<Plan> | undefined

/** With a key of the account. Planned once. */
export function encryptedPlan(): Promise<Plan> {
  encryptedBefore ??= plan({ kms_key_arn: key })
  return encryptedBefore
}

let groupBefore: Promise<Plan> | undefined

/** With the job servers in a group, and a key of the account. Planned once. */
export function groupPlan(): Promise<Plan> {
  groupBefore ??= plan({ job_group: { min_size: 1, max_size: 4, desired_capacity: 2 }, kms_key_arn: key })
  return groupBefore
}

export function bodyAt(made: Plan, address: string): Body {
  return bodyOf(made[address])
}

interface Statement {
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: unknown
}

/** Of the policy of a role. */
export function statementsOf(made: Plan, role: string): readonly Statement[] {
  const { policy } = bodyAt(made, `aws_iam_role_policy.this["${role}"]`)
  const parsed: { readonly Statement: readonly Statement[] } = JSON.parse(String(policy))
  return parsed.Statement
}

/** What terraform plans of one of the examples. */
export async function planExample(name: string, variables: Body, told = toldOfGroup): Promise<Plan> {
  const example = await readModule(join(terraformFolder, 'examples', name))
  const sourceOf = (source: string) => (source === '../..' ? '../cluster' : `../${basename(source)}`)
  return await planned({ told, example: standIn(example, (block) => madeUp(block, told), sourceOf) }, variables)
}

interface Situation {
  readonly told: Told
  readonly example?: Body
}

/** Of the one module that is given; of the root module, if there is none. */
async function planned({ told, example }: Situation, variables: Body): Promise<Plan> {
  await using terraform = await terraformIn()
  const inTerraform = (source: string) => join(terraformFolder, source)
  const computed = (block: Block) => madeUp(block, told)
  const cluster = standIn(await readModule(terraformFolder), computed, inTerraform)
  const release = standIn(await readModule(inTerraform('modules/release')), computed, inTerraform)
  for (const [name, module] of Object.entries({ cluster, release, example })) {
    await mkdir(join(terraform.scratch, name))
    await writeFile(join(terraform.scratch, name, 'main.tf.json'), JSON.stringify(module ?? {}))
  }
  await copyFile(join(terraformFolder, 'fleet.json'), join(terraform.scratch, 'cluster/fleet.json'))
  await writeFile(join(terraform.scratch, 'variables.json'), JSON.stringify(variables))
  const there = `-chdir=${example === undefined ? 'cluster' : 'example'}`
  await terraform.run(there, 'init', '-input=false')
  await terraform.run(there, 'plan', '-input=false', '-no-color', '-out=plan', '-var-file=../variables.json')
  const { planned_values: values, checks } = bodyOf(JSON.parse(await terraform.run(there, 'show', '-json', 'plan')))
  const { root_module: root, outputs } = bodyOf(values)
  return Object.fromEntries([...resourcesIn(bodyOf(root)), ...objectsIn(bodyOf(outputs)), ...checksIn(checks)])
}

/** The outputs that are objects. */
function objectsIn(outputs: Body): readonly (readonly [string, Body])[] {
  return Object.entries(outputs).flatMap(([name, output]) => {
    const { value } = bodyOf(output)
    return isBody(value) ? [[`output.${name}`, value] as const] : []
  })
}

/** The check blocks, with what they say. */
function checksIn(checks: unknown): readonly (readonly [string, Body])[] {
  return bodiesOf(checks).flatMap(({ address, status, instances }) => {
    const { kind, to_display: name } = bodyOf(address)
    const problems = bodiesOf(instances ?? []).flatMap(({ problems: own }) => bodiesOf(own ?? []))
    const messages = problems.map(({ message }) => message)
    return kind === 'check' ? [[String(name), { status, messages }] as const] : []
  })
}

function resourcesIn({ resources = [], child_modules: modules = [] }: Body): readonly (readonly [string, Body])[] {
  const own = bodiesOf(resources).map(({ address, values }) => {
    const name = String(address).replace('terraform_data.', '').replaceAll('__', '.')
    return [name, bodyOf(bodyOf(values)['input'])] as const
  })
  return [...own, ...bodiesOf(modules).flatMap(resourcesIn)]
}
