import { expect, test } from 'vitest'
import { parseInstalledCommand } from '../../src/formats/installed-command.ts'

const sum = 'a'.repeat(64)
const home = '/opt/slurm-node-agent'
const node = `${home}/node-${sum}/bin/node`
const command = (exec: string) => `#!/bin/sh\numask 022\nexport SLURM_NODE_AGENT_CODE_CACHE=/x\n${exec}\n`

test('tells of the release, and of Node with its options', () => {
  const exec = `exec ${node} --jitless --max-semi-space-size=1 ${home}/agent-1/slurm-node-agent.js "$@"`
  expect(parseInstalledCommand(command(exec))).toEqual({
    interpreter: [node, '--jitless', '--max-semi-space-size=1'],
    nodeSha256: sum,
    release: `${home}/agent-1`,
  })
})

test('a Node may have no options', () => {
  expect(parseInstalledCommand(command(`exec ${node} ${home}/agent-1/slurm-node-agent.js "$@"`))).toMatchObject({
    interpreter: [node],
  })
})

test.each([
  '',
  `exec /usr/bin/node ${home}/agent-1/slurm-node-agent.js "$@"`,
  `exec ${node} /srv/agent-1/slurm-node-agent.js "$@"`,
  `exec ${node} ${home}/agent-1/slurm-node-agent.js`,
  `exec ${node} ${home}/agent-1/../slurm-node-agent.js "$@"`,
])('%j is of somebody else', (exec) => {
  expect(parseInstalledCommand(command(exec))).toBeUndefined()
})
