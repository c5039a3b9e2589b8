#!/usr/bin/env node
import { compile } from './code-cache.ts'
import { exitCode } from './exit-code.ts'

// What the build puts in: main.ts with all that it imports, as a function, and what that compiles only when it needs it.
declare const program: string
declare const late: Readonly<Record<string, string>>

const path = process.env['SLURM_NODE_AGENT_CODE_CACHE'] || undefined
delete process.env['SLURM_NODE_AGENT_CODE_CACHE'] // ours alone: no child is to have it

const { script, keep } = compile(program, path)

// A run of all steps calls what the later ones will; what another command calls would be of little use to them.
if (process.argv.slice(2).join(' ') === 'apply') {
  process.once('exit', (code) => {
    if (code === exitCode.converged || code === exitCode.degraded) keep()
  })
}

script.runInThisContext()(require, late)
