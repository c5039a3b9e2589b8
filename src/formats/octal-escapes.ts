/** Undoes the `\040` of fstab(5) and proc_pid_mountinfo(5) for blanks, tabs, newlines and backslashes. */
export function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_match, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
