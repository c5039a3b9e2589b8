import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { networkOf, networkOfOne } from '../../src/config/network.ts'

describe('the network of', () => {
  test.each([
    ['10.0.0.0/16', '10.0.0.0/16'],
    ['10.0.0.1/16', '10.0.0.0/16'],
    ['10.0.255.255/23', '10.0.254.0/23'],
    ['172.31.99.7/12', '172.16.0.0/12'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['1.2.3.4/32', '1.2.3.4/32'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['2001:DB8:0:0::/32', '2001:db8::/32'],
    ['2001:db8::1/64', '2001:db8::/64'],
    ['2001:db8:1:2:3:4:5:6/49', '2001:db8:1::/49'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['::1/128', '::1/128'],
    ['fe80::1/0', '::/0'],
    ['1:0:0:2:0:0:0:3/128', '1:0:0:2::3/128'],
  ])('%s is %s', (cidr, network) => {
    expect(networkOf(cidr)).toBe(network)
  })

  test.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/255.255.0.0',
    '10.0.0/8',
    '10.0.0.256/8',
    '010.0.0.0/8',
    '/8',
    '2001:db8::/129',
    '2001:db8::1::/64',
    '1:2:3:4:5:6:7/64',
    ':::/64',
    '[2001:db8::]/64',
    '::ffff:10.0.0.0/112',
    'fe80::1%eth0/64',
    'host/24',
    '10.0.0.0/16 ',
  ])('%j is none', (cidr) => {
    expect(networkOf(cidr)).toBeUndefined()
  })

  test.each([
    ['10.0.0.5', '10.0.0.5/32'],
    ['2001:DB8::5', '2001:db8::5/128'],
    ['host', undefined],
    ['10.0.0.5/32', undefined],
  ])('the one address %s is %s', (address, network) => {
    expect(networkOfOne(address)).toBe(network)
  })

  test('a network is itself', () => {
    const address = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
      fc.tuple(
        fc.ipV6().filter((text) => !text.includes('.')),
        fc.integer({ min: 0, max: 128 }),
      ),
    )
    fc.assert(
      fc.property(address, ([text, prefix]) => {
        const network = networkOf(`${text}/${prefix}`) ?? 'none'
        expect(network).toMatch(new RegExp(`/${prefix}$`))
        expect(networkOf(network)).toBe(network)
      }),
    )
  })
})
