export interface DeviceNumber {
  readonly major: number
  readonly minor: number
}

/** Linux's dev_t, as glibc packs it (gnu_dev_major and gnu_dev_minor of sys/sysmacros.h). */
export function deviceNumber(device: bigint): DeviceNumber {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn)
  return { major: Number(BigInt.asUintN(32, major)), minor: Number(BigInt.asUintN(32, minor)) }
}
