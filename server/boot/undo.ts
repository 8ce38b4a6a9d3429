/** Undoes in reverse what was started, each step tried whatever the others do. */
export interface Undo {
  add(step: () => Promise<unknown>): void;
  run(): Promise<void>;
}

export function createUndo(): Undo {
  const steps: (() => Promise<unknown>)[] = [];
  return {
    add: (step) => void steps.push(step),
    run: async () => {
      for (let step = steps.pop(); step; step = steps.pop()) await step().catch(() => {});
    },
  };
}
