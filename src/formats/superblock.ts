/** What the superblock of a file system says, where the file system's own tools can use it. */
export interface ReadableSuperblock {
  readonly is: 'readable'
  /** Undefined after `tune2fs -U clear` or `xfs_admin -U nil`. */
  readonly uuid: string | undefined
  readonly label: string | undefined
  /** It says itself that it must be repaired. */
  readonly hasErrors: boolean
  /** Of the file system, not of the device. */
  readonly sizeBytes: number
  readonly blockBytes: number
  /** By name, or kind and bits: features that the tools do not know, and that must be known for the file system to be read or written. */
  readonly unknownFeatures: readonly string[]
  readonly isMarkedReadOnly: boolean
  /** What is known of the journal's own device, where the journal is not in the file system. */
  readonly externalJournal: string | undefined
}

export type Superblock =
  | ReadableSuperblock
  /** Without the magic number there is none. */
  | { readonly is: 'absent' }
  /** mkfs has not come to its end: XFS says so itself, an ext4 has no superblock by then. */
  | { readonly is: 'unfinished'; readonly uuid: string | undefined }
  /** Whole, for all that can be told, but with a feature that the tools of this machine do not know. */
  | { readonly is: 'unsupported'; readonly because: string }
  /** `uuid`: as far as it was there to be printed. */
  | { readonly is: 'unreadable'; readonly uuid: string | undefined; readonly because: string }
