/** Something that keeps the server from starting; the message is the one line the person at the terminal needs. */
export class StartError extends Error {}
