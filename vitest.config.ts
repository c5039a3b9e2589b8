import { defineConfig } from 'vitest/config'

const globalSetup = './test/packages-setup.ts'

// oxlint-disable-next-line import/no-default-export -- where vitest looks for it
export default defineConfig({
  test: {
    projects: [
      // Without side effects, as src/ is: a worker loads each module once, which most of the time would go into.
      {
        test: {
          name: 'unit',
          include: ['test/{engine,config,steps,formats}/**/*.test.ts'],
          isolate: false,
          testTimeout: 20_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      // Needs no guest and no network; what needs root or a tool that is not there says so and is left out.
      {
        test: {
          name: 'programs',
          include: ['test/{agent,terraform,lab}/**/*.test.ts'],
          testTimeout: 20_000,
          globalSetup,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      // Runs the tools of a Debian machine, some of them as root. One file at a time: they share the machine's disks.
      {
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts'],
          testTimeout: 60_000,
          globalSetup,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'agent/**/*.ts'],
      reporter: ['text', 'json-summary'],
    },
  },
})
