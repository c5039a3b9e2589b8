import { expect, test } from 'vitest'
import { confServerIn, controllerIn } from '../../src/formats/conf-server.ts'

const host = 'SlurmctldHost=frontend-server(10.0.0.5)\n'
const enabled = 'SlurmctldParameters=enable_configless\n'

test.each([
  ['is at the address of the controller', `${host}${enabled}`, '10.0.0.5'],
  [
    'is at its port where that is not the default',
    `${host}${enabled}slurmctldport=7000-7003 # mine\n`,
    '10.0.0.5:7000',
  ],
  ['is the first of several controllers', `${host}${enabled}SlurmctldHost=b(10.0.0.6)\n`, '10.0.0.5'],
  [
    'is there among other parameters',
    `${host}SlurmctldParameters=power_save_interval=30,enable_configless\n`,
    '10.0.0.5',
  ],
  ['is not there without the parameter', host, undefined],
  [
    'is not there where a later line takes it back',
    `${host}${enabled}SlurmctldParameters=user_resv_delete\n`,
    undefined,
  ],
  ['is not there where that is a comment', `${host}#${enabled}`, undefined],
  ['is there in quotes', `${host}SlurmctldParameters="enable_configless,user_resv_delete" # mine\n`, '10.0.0.5'],
  ['is there in either case', `${host}SLURMCTLDPARAMETERS=Enable_Configless\n`, '10.0.0.5'],
  ['is there with blanks around the sign', `${host}  SlurmctldParameters = enable_configless\n`, '10.0.0.5'],
  [
    'is there behind another setting of the line',
    `${host}ReturnToService=2 SlurmctldParameters=enable_configless SlurmctldPort="7000"\n`,
    '10.0.0.5:7000',
  ],
  [
    'is there on a line that goes on',
    `${host}SlurmctldParameters=user_resv_delete,\\ # first\nenable_configless\n`,
    '10.0.0.5',
  ],
  [
    'is not there in quotes of something else',
    `${host}MailProg="a SlurmctldParameters=enable_configless"\n`,
    undefined,
  ],
  ['is not there behind what is no setting', `${host}oops SlurmctldParameters=enable_configless\n`, undefined],
  ['is not there behind an escaped comment', `${host}MailProg=a\\# #${enabled}`, undefined],
  ['has no place without an address', `SlurmctldHost=frontend-server\n${enabled}`, undefined],
])('a slurmctld that hands out slurm.conf %s', (_where, conf, server) => {
  expect(confServerIn(conf)).toBe(server)
})

test('the controller is found whether it hands out slurm.conf or not', () => {
  expect(controllerIn(host)).toEqual({ address: '10.0.0.5', port: undefined })
  expect(controllerIn(`${host}SlurmctldPort=7000-7003\n`)).toEqual({ address: '10.0.0.5', port: 7000 })
  expect(controllerIn('SlurmctldHost=frontend-server\n')).toBeUndefined()
})
