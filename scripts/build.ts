import { readFile, stat } from 'node:fs/promises'
import { brotliCompressSync } from 'node:zlib'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import manifest from '../package.json' with { type: 'json' }

const options: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  // The ES modules of the AWS SDK, unlike its CommonJS, can be shaken.
  mainFields: ['module', 'main'],
  minify: true,
  define: { 'process.env.SLURM_NODE_AGENT_VERSION': JSON.stringify(manifest.version) },
  logLevel: 'warning',
}

/**
 * esbuild keeps the schemas of all 700 calls of EC2, because a computed key might have a side effect. With the strings
 * that these keys are, written out, it keeps those of the one call that is made: 0.5 MB less to load and to hold.
 */
const literalKeys: Plugin = {
  name: 'literal-keys',
  setup(bundle) {
    bundle.onLoad({ filter: /\/dist-es\/schemas\/schemas_\d+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const strings = [...source.matchAll(/^const (\w+) = ("[^"]*");$/gm)]
      const textOf = new Map(strings.map(([, name, text]) => [`[${name}]:`, `${text}:`]))
      const contents = source.replaceAll(/\[\w+\]:/g, (key) => textOf.get(key) ?? key)
      return { loader: 'js', contents }
    })
  },
}

/** By how they are imported: what asks AWS, and what describes the machine on which a run failed. */
const late: ReadonlyMap<string, string> = new Map([
  ['./aws-sdk.ts', 'agent/host/aws-sdk.ts'],
  ['systeminformation', 'systeminformation'],
])

/**
 * These are two thirds of the program. They go along packed, and are compiled when they are first imported: a run that
 * needs them not does not pay for them. In a namespace of its own, so that esbuild takes it for the CommonJS that it is.
 */
const compileLate: Plugin = {
  name: 'compile-late',
  setup(bundle) {
    bundle.onResolve({ filter: /^(\.\/aws-sdk\.ts|systeminformation)$/ }, ({ path }) => ({
      path: late.get(path) ?? path,
      namespace: 'compile-late',
    }))
    bundle.onLoad({ filter: /./, namespace: 'compile-late' }, async ({ path }) => {
      const { outputFiles } = await build({
        ...options,
        format: 'cjs',
        supported: { 'dynamic-import': false }, // what is compiled by hand can only require
        entryPoints: [path],
        plugins: [literalKeys],
        write: false,
      })
      const packed = brotliCompressSync(outputFiles[0]?.contents ?? '').toString('base64')
      const contents = `
        const text = require('node:zlib').brotliDecompressSync(Buffer.from('${packed}', 'base64')).toString()
        const compiled = require('node:vm').compileFunction(text, ['module', 'exports', 'require'], { filename: '${path}' })
        compiled(module, exports, require)`
      return { loader: 'js', contents }
    })
  },
}

/** Node's own modules are loaded where they are first used, not all at the start. */
const requireLate: Plugin = {
  name: 'require-late',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      namespace === 'require-late' ? undefined : { path, namespace: 'require-late' },
    )
    bundle.onLoad({ filter: /./, namespace: 'require-late' }, ({ path }) => ({
      loader: 'js',
      contents: `module.exports = require('${path}')`,
    }))
  },
}

const outfile = 'dist/slurm-node-agent.js'
const mostBytes = 1_500_000

await build({
  ...options,
  entryPoints: ['agent/main.ts'],
  outfile,
  // A script, which Node starts sooner than a module. Where a package.json above says that it is one, it has no require.
  format: 'iife',
  plugins: [compileLate, requireLate],
  legalComments: 'eof',
  banner: {
    js: `'use strict'
var require = typeof require === 'function' ? require : process.getBuiltinModule('module').createRequire('/')`,
  },
})

const { size } = await stat(outfile)
if (size > mostBytes) throw new Error(`${outfile} has ${size} bytes, more than the ${mostBytes} that are meant`)
