import type { Image } from './image.ts'
import type { Lab, Launched } from './lab.ts'
import type { ImageName } from './preparation.ts'

/** One story that a booted guest has to live up to. It throws where it does not. */
export interface Scenario {
  readonly name: string
  /** What is shown, as one sentence without a full stop. */
  readonly title: string
  /** Whether CI has the time for it, or why not. */
  readonly ci: true | { readonly leftOut: string }
  /** Whether chance plays a part, so that more rounds show more: `--rounds` is for it. */
  readonly repeats?: boolean
  /** The scenario whose lab and guest this one continues with; without one it gets a lab of its own. */
  readonly after?: Scenario
  /** The images that have to be made for it beside the bare one. */
  readonly images?: readonly Exclude<ImageName, 'bare'>[]
  run(stage: Stage): Promise<void>
}

export interface Stage {
  readonly lab: Lab
  /** For choices left to chance; printed, so that a run can be repeated. */
  readonly seed: number
}

export function bakedImage({ prepared }: Lab, name: 'baked' | 'job' = 'baked'): Image {
  const image = prepared.images[name]
  if (image === undefined) throw new Error(`a scenario that starts from this image says so: images: ['${name}']`)
  return image
}

/** The instance of a scenario that goes on where another one stopped. */
export function theInstance({ lab }: Stage): Launched {
  const [instance, ...more] = lab.launched
  if (instance === undefined || more.length > 0) throw new Error('the scenario before this one leaves one instance')
  return instance
}
