/** An account, or a group with its ID twice, as getent(1) prints it. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** Of `getent passwd`. */
export function parsePasswd(stdout: string): readonly Account[] {
  return fieldsOf(stdout).map(([name = '', , uid, gid, , home = '']) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
    home,
  }))
}

/** Of `getent group`. */
export function parseGroup(stdout: string): readonly Pick<Account, 'name' | 'gid'>[] {
  return fieldsOf(stdout).map(([name = '', , gid]) => ({ name, gid: Number(gid) }))
}

function fieldsOf(stdout: string): readonly (readonly string[])[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':'))
}
