import type { Step } from '../engine/step.ts'
import { parseCloudInitStatus } from '../formats/cloud-init-status.ts'
import { refusal } from './refusal.ts'

interface Seen {
  /** Undefined where there is no cloud-init. */
  readonly status: string | undefined
}

/** cloud-init, through with this boot: what it does after that, it does on the instances of the image. */
export const cloudInit: Step<unknown, Seen> = {
  id: 'cloud-init',
  title: 'cloud-init',
  after: [],
  deadlineMs: () => 600_000,

  async observe(_config, host, signal) {
    if ((await host.stat('/usr/bin/cloud-init')) === undefined) return { status: undefined }
    // 1: it failed; 2: it went on after an error.
    const { stdout } = await host.exec(['cloud-init', 'status'], { signal, ok: [0, 1, 2] })
    return { status: parseCloudInitStatus(stdout) }
  },

  decide(_config, { status }) {
    if (status === undefined) {
      const because = 'there is no cloud-init, from which the instances of the image would have their SSH host keys'
      return refusal('CLOUD_INIT_MISSING', because, 'install cloud-init, or bake on an official image, which has it')
    }
    if (status === 'running')
      return { is: 'wait', code: 'CLOUD_INIT_RUNNING', for: 'the end of cloud-init status --wait' }
    return { is: 'converged', because: `cloud-init status: ${status}` }
  },
}
