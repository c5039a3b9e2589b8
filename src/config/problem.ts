export interface Problem {
  /** Where in the configuration, as `slurm.nodes[0].name`; empty for the whole. */
  readonly path: string
  readonly problem: string
}

/** What good values do not go together. */
export interface Incoherence extends Problem {
  /** The other values that it rests on. */
  readonly against?: readonly string[]
}
