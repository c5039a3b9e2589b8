import assert from 'node:assert/strict'
import { AGENT, handBack, readStatus, takeOver } from '../agent-status.ts'
import { exampleConfig } from '../example-config.ts'
import { changes, snapshot } from '../guest-snapshot.ts'
import { timed } from '../print.ts'
import { type Scenario, theInstance } from '../scenario.ts'
import { firstBoot } from './first-boot.ts'

const SHARE = exampleConfig().efs.mountPoint

export const rerun: Scenario = {
  name: 'rerun',
  title: 'apply on a converged front end does nothing, by inode, mtime and unit invocation',
  ci: true,
  after: firstBoot,
  async run(stage) {
    const { guest } = theInstance(stage)
    await takeOver(guest, stage.lab.signal)
    const tagged = () => stage.lab.cloud.calls.filter((call) => call === 'ec2:CreateTags').length
    const taggedBefore = tagged()
    const before = await snapshot(guest, SHARE)
    await timed('apply', () => guest.run([AGENT, 'apply']))
    assert.deepEqual(changes(before, await snapshot(guest, SHARE)), [], 'nothing was touched')
    assert.equal(tagged(), taggedBefore, 'EC2 was told nothing that it knows')
    const status = await readStatus(guest)
    assert.equal(status?.outcome, 'converged')
    const acted = status.steps.filter(({ actions }) => actions > 0).map(({ id }) => id)
    assert.deepEqual(acted, [], 'no step took an action')
    const kept = await guest.run(['find', '/opt/slurm-node-agent', '-name', 'code-cache', '-size', '+100k'])
    assert.match(kept.stdout, /^\S+$/, 'the code that V8 made of the program is kept, once')
    await handBack(guest)
  },
}
