/** Known states that neither a loop device nor a guest without devices of its own can be brought into. */
export const elsewhere: readonly { readonly before: string; readonly needs: string }[] = [
  { before: 'an NVMe namespace that is write-protected', needs: 'an NVMe controller that does that' },
  {
    before: 'an NVMe disk that is unplugged while mkfs runs',
    needs: 'an NVMe controller: the lab has it, as unplugged',
  },
  { before: 'a blank disk that EC2 attached by name alone', needs: 'Xen' },
  { before: 'a member of a ZFS pool that is imported', needs: "ZFS's kernel module" },
  { before: 'a DRBD device that is up', needs: "DRBD's kernel module" },
]
