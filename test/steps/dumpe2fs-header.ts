/** What `dumpe2fs -h` prints of a sound ext4, as far as it is read. */
export function dumpe2fsHeader(uuid: string, sizeBytes: number, blockBytes = 4_096): string {
  return [
    'Filesystem volume name:   <none>',
    `Filesystem UUID:          ${uuid}`,
    'Filesystem features:      has_journal extent',
    'Filesystem state:         clean',
    `Block count:              ${sizeBytes / blockBytes}`,
    `Block size:               ${blockBytes}`,
    '',
  ].join('\n')
}
