const owned = '# slurm-node-agent'

/**
 * The text of /etc/hosts in which `name`, in lower case, stands for `address` alone: one line of the agent's own, and
 * the name taken off every line of others (Debian's installer puts it on 127.0.1.1, which would win). All else is kept.
 */
export function withName(hosts: string, name: string, address: string): string {
  const kept = hosts
    .split('\n')
    .filter((line) => !line.endsWith(owned))
    .flatMap((line) => withoutName(line, name))
  while (kept.at(-1) === '') kept.pop()
  return [...kept, `${address} ${name} ${owned}`, ''].join('\n')
}

function withoutName(line: string, name: string): readonly string[] {
  const [entry, comment] = splitOnce(line, '#')
  const [address = '', ...names] = entry.trim().split(/\s+/)
  const others = names.filter((other) => other.toLowerCase() !== name) // as resolvers compare them
  if (others.length === names.length) return [line]
  if (others.length === 0) return comment === undefined ? [] : [`#${comment}`]
  return [`${address} ${others.join(' ')}${comment === undefined ? '' : ` #${comment}`}`]
}

function splitOnce(line: string, separator: string): readonly [string, string | undefined] {
  const at = line.indexOf(separator)
  return at < 0 ? [line, undefined] : [line.slice(0, at), line.slice(at + 1)]
}
