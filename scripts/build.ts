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
const lateFiles: ReadonlyMap<string, string> = new Map([
  ['./aws-sdk.ts', 'agent/host/aws-sdk.ts'],
  ['systeminformation', 'systeminformation'],
])

/** By path: the text of a CommonJS module, packed by brotli, in base64. */
const late: Record<string, string> = {}

/**
 * These are two thirds of the program. They go along packed, and are compiled when they are first imported: a run that
 * needs them not does not pay for them. In a namespace of its own, so that esbuild takes it for the CommonJS that it is.
 */
const compileLate: Plugin = {
  name: 'compile-late',
  setup(bundle) {
    bundle.onResolve({ filter: /^(\.\/aws-sdk\.ts|systeminformation)$/ }, ({ path }) => ({
      path: lateFiles.get(path) ?? path,
      namespace: 'compile-late',
    }))
    bundle.onLoad({ filter: /./, namespace: 'compile-late' }, async ({ path }) => {
      const text = await bundled(path, { format: 'cjs', plugins: [literalKeys] })
      late[path] = brotliCompressSync(text).toString('base64')
      const contents = `
        const text = require('node:zlib').brotliDecompressSync(Buffer.from(late['${path}'], 'base64')).toString()
        const compiled = require('node:vm').compileFunction(text, ['module', 'exports', 'require'], { filename: '${path}' })
        compiled(module, exports, require)`
      return { loader: 'js', contents }
    })
  },
}

/**
 * Node's own modules are loaded when a function of theirs is first called, not all at the start. Of what else they export,
 * only what is imported is read: to read all of some, as esbuild does by itself, loads half of the others.
 */
const requireLate: Plugin = {
  name: 'require-late',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'require-late' } : { path, external: true },
    )
    bundle.onLoad({ filter: /./, namespace: 'require-late' }, async ({ path }) => {
      const exported = Object.entries<unknown>(await import(path)).map(
        ([name, value]) => `export ${declaration(name, value, 'all()')}`,
      )
      // Node looks up its own modules at length, each time.
      const all = `let loaded; const all = () => loaded ??= require('${path}')`
      return { loader: 'js', contents: [all, ...exported].join('\n') }
    })
  },
}

function declaration(name: string, value: unknown, all: string): string {
  if (name === 'default') return `default ${read(all)}`
  if (isPlainFunction(name, value)) return `function ${name}(...args) { return ${all}.${name}(...args) }`
  return `const ${name} = ${read(`${all}.${name}`)}`
}

/** Marked for esbuild as nothing that must happen: it leaves out what is not imported. */
const read = (what: string): string => `/* @__PURE__ */ (() => ${what})()`

/** No constructor, and without properties of its own, as util.inspect has. */
function isPlainFunction(name: string, value: unknown): boolean {
  const usual: readonly PropertyKey[] = ['length', 'name', 'prototype', 'arguments', 'caller']
  return (
    typeof value === 'function' && /^[a-z]/.test(name) && Reflect.ownKeys(value).every((key) => usual.includes(key))
  )
}

/** What comes of an entry point and all that it imports, without a file. */
async function bundled(entry: string, how: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    ...how,
    entryPoints: [entry],
    supported: { 'dynamic-import': false }, // what is compiled by hand can only require
    write: false,
  })
  return outputFiles.map(({ text }) => text).join('')
}

const outfile = 'dist/slurm-node-agent.js'
const mostBytes = 1_500_000

const main = await bundled('agent/main.ts', { format: 'iife', plugins: [compileLate, requireLate] })
const program = `(function (require, late) {\n${main}})`

await build({
  ...options,
  entryPoints: ['agent/start.ts'],
  outfile,
  // A script, which Node starts sooner than a module. Where a package.json above says that it is one, it has no require.
  format: 'iife',
  define: { program: JSON.stringify(program), late: JSON.stringify(late) },
  banner: {
    js: `'use strict'
var require = typeof require === 'function' ? require : process.getBuiltinModule('module').createRequire('/')`,
  },
})

const { size } = await stat(outfile)
if (size > mostBytes) throw new Error(`${outfile} has ${size} bytes, more than the ${mostBytes} that are meant`)
