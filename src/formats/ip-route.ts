/** The source address that `ip -json route get` names first; undefined where it names none. */
export function parseRouteSource(stdout: string): string | undefined {
  const routes: unknown = JSON.parse(stdout)
  const first: unknown = Array.isArray(routes) ? routes[0] : undefined
  if (typeof first !== 'object' || first === null || !('prefsrc' in first)) return undefined
  return typeof first.prefsrc === 'string' ? first.prefsrc : undefined
}
