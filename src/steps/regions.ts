import type { Region } from '../engine/host.ts'

const samples = 4_096
const sampleBytes = 4 * 1024

/** 4,096 samples at even fractions of a device, each moved by `place` to where in its surroundings it is to be read. */
export function spread(sizeBytes: number, place: (offsetBytes: number) => number = (at) => at): readonly Region[] {
  return Array.from({ length: samples }, (_, index) => sampleAt(place(Math.floor((index * sizeBytes) / samples))))
}

function sampleAt(offsetBytes: number): Region {
  return { offsetBytes: offsetBytes - (offsetBytes % sampleBytes), lengthBytes: sampleBytes }
}

/** The regions in order, as far as they lie on a device of this size. */
export function inside(sizeBytes: number, regions: readonly Region[]): readonly Region[] {
  return regions
    .map(({ offsetBytes, lengthBytes }) => ({
      offsetBytes,
      lengthBytes: Math.min(lengthBytes, sizeBytes - offsetBytes),
    }))
    .filter(({ lengthBytes }) => lengthBytes > 0)
    .toSorted((one, other) => one.offsetBytes - other.offsetBytes)
}
