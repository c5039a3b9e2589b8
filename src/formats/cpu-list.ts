/** How many CPUs a list such as `0-3,8` names: /sys/devices/system/cpu/online. */
export function countCpus(list: string): number {
  let count = 0
  for (const [, first = '', last = first] of list.matchAll(/(\d+)(?:-(\d+))?/g))
    count += Number(last) - Number(first) + 1
  return count
}
