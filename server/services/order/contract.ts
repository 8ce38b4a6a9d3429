// The catalogue (tests, panels, analytes, ranges, rules, containers) and the orders placed from it.
export * from './contract/catalogue.ts';
export * from './contract/catalogue-changes.ts';
export * from './contract/catalogue-inputs.ts';
export * from './contract/orders.ts';
export * from './contract/order-changes.ts';
export * from './contract/turnaround.ts';
export * from './contract/desk.ts';
