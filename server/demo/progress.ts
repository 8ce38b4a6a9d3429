// A progress bar on a terminal, lines elsewhere.
export interface Out {
  write(text: string): boolean;
  readonly isTTY?: boolean | undefined;
}

export interface Progress {
  /** One step done, with a few words on what it was. */
  step(what: string): void;
  say(line: string): void;
  end(): void;
}

const BAR_CHARACTERS = 28;
const CLEAR_LINE = '\r\u001b[2K';

export function createProgress(out: Out, steps: number): Progress {
  let done = 0;
  let lastPercent = -1;
  const bar = (what: string): string => {
    const share = Math.min(1, done / steps);
    const full = Math.round(share * BAR_CHARACTERS);
    return `${'█'.repeat(full)}${'░'.repeat(BAR_CHARACTERS - full)} ${String(Math.round(share * 100)).padStart(3)} %  ${what}`;
  };
  return {
    step: (what) => {
      done += 1;
      if (out.isTTY) {
        out.write(`${CLEAR_LINE}${bar(what)}`);
        return;
      }
      const percent = Math.floor((done / steps) * 10) * 10;
      if (percent > lastPercent) out.write(`${bar(what)}\n`);
      lastPercent = Math.max(lastPercent, percent);
    },
    say: (line) => out.write(out.isTTY ? `${CLEAR_LINE}${line}\n` : `${line}\n`),
    end: () => {
      if (out.isTTY) out.write(CLEAR_LINE);
    },
  };
}
