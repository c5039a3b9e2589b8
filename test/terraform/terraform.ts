import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

/** Why terraform cannot be asked here; it is no Debian package. Undefined where it can. */
export const noTerraform = spawnSync('terraform', ['version']).error?.message

/** The folder of the root module. */
export const terraformFolder = fileURLToPath(new URL('../../terraform', import.meta.url))

/** Those of all modules, with the examples. */
export const moduleFolders = ['', ...globSync('**/*.tf', { cwd: terraformFolder }).map(dirname)]
  .map((folder) => join(terraformFolder, folder))
  .filter((folder, index, all) => all.indexOf(folder) === index)
  .toSorted()

/** Those of the modules that others call, each with a README. */
export const publishedFolders = moduleFolders.filter((folder) => {
  const [first = '', ...below] = relative(terraformFolder, folder).split('/')
  return first === '' || (first === 'modules' && below.length === 1)
})

interface Terraform extends AsyncDisposable {
  /** For what terraform writes. */
  readonly scratch: string
  /** Resolves to what it prints; throws where it fails. */
  readonly run: (...args: readonly string[]) => Promise<string>
}

/** Terraform in a folder of the module, `''` for the root, where it writes nothing; or in its own scratch folder. */
export async function terraformIn(folder?: string): Promise<Terraform> {
  const temporary = await mkdtempDisposable(join(tmpdir(), 'slurm-node-agent-test-'))
  const env = {
    TF_DATA_DIR: join(temporary.path, 'data'),
    TF_CLI_CONFIG_FILE: '/dev/null', // no plug-ins and tokens of whoever runs this
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1', // it would look on the network for a newer terraform
  }
  const options = {
    cwd: folder === undefined ? temporary.path : join(terraformFolder, folder),
    env,
    stripFinalNewline: false,
  } as const
  return {
    scratch: temporary.path,
    run: async (...args) => (await execa('terraform', args, options)).stdout,
    [Symbol.asyncDispose]: () => temporary.remove(),
  }
}
