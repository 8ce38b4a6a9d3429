// How our processes are started. A lab's own PC has little memory, and V8 and malloc keep what a burst once needed: after a
// demo day the whole lab held 474 MB without these and 325 MB with them (bench/start-up.ts).
/** `npm start` in package.json carries the same. */
export const NODE_FLAGS = ['--max-semi-space-size=8'] as const;
export const NODE_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' } as const;
