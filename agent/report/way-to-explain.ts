/** Where codes that were just shown are explained: one line, however many they are; none where none was shown. */
export function wayToExplain(codes: readonly string[]): readonly string[] {
  const [code, ...others] = new Set(codes)
  if (code === undefined) return []
  if (others.length > 0) return ['slurm-node-agent explain CODE says more of each']
  return [`slurm-node-agent explain ${code} says more`]
}
