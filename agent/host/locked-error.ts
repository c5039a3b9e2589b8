/** Another run is under way: exit code 75. */
export class LockedError extends Error {
  override readonly name = 'LockedError'
}
