import type { StepState } from '../../../agent/report/run-state.ts'

/** A step in that state, of which nothing else is known. */
export const step = (id: string, state: StepState['state'], more: Partial<StepState> = {}): StepState => ({
  id,
  title: id,
  state,
  attempts: 0,
  actions: 0,
  ...more,
})
