import { describe, expect, test } from 'vitest'
import { printGres, printGresConf, printGresTypes } from '../../src/formats/gres-conf.ts'
import { ownLines } from '../../src/formats/own-lines.ts'

const t4 = { name: 'gpu', type: 't4', count: 2, file: '/dev/nvidia[0-1]' }
const v100 = { name: 'gpu', type: 'v100', count: 1, file: '/dev/nvidia2' }
const fpga = { name: 'fpga', count: 1, file: '/dev/fpga0' }
const tape = { name: 'tape', count: 4 }

/**
 * `slurmd -G` 22.05.8 and 24.11.5 read it as it is meant, with the files of other devices. The keys are in gres.c of the
 * tags 21-08-5-1, 22-05-8-1, 23-11-4-1, 24-11-5-1 and 25-11-2-1.
 */
const gresConf = `\
# Made by slurm-node-agent from its config.json. An edit above the line at the end is undone.
NodeName=job-[1-4] Name=gpu Type=t4 File=/dev/nvidia[0-1]
NodeName=job-[1-4] Name=gpu Type=v100 File=/dev/nvidia2
NodeName=odd Name=fpga File=/dev/fpga0
# Your own lines go below this one and are kept.
`
const nodes = [{ name: 'job-[1-4]', gres: [t4, v100, tape] }, { name: 'plain' }, { name: 'odd', gres: [fpga] }]

describe('gres.conf', () => {
  test('tells where the device files are, and nothing of what has none', () => {
    expect(printGresConf(nodes, '')).toBe(gresConf)
  })

  test('keeps the lines of the operator', () => {
    expect(ownLines(printGresConf(nodes, 'AutoDetect=off\n'))).toBe('AutoDetect=off\n')
  })
})

test('slurm.conf has each name once, and all that a node has', () => {
  expect(printGresTypes(nodes)).toBe('gpu,tape,fpga')
  expect(printGres([t4, v100, tape])).toBe('gpu:t4:2,gpu:v100:1,tape:4')
})
