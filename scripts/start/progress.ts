/** A progress bar on a terminal; elsewhere a line for every tenth. */

export interface ProgressBar {
  update(done: number): void;
  end(): void;
}

const WIDTH = 40;

export function progressBar(what: string, total: number, out: NodeJS.WriteStream = process.stdout): ProgressBar {
  let tenths = -1;
  let last = 0;
  const draw = (done: number): void => {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    if (out.isTTY) {
      const full = Math.round(share * WIDTH);
      out.write(`\r${what} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${done}/${total}`);
    } else if (Math.floor(share * 10) > tenths) {
      tenths = Math.floor(share * 10);
      out.write(`${what} ${done}/${total}\n`);
    }
  };
  return {
    update: (done) => {
      last = done;
      draw(done);
    },
    end: () => {
      draw(last);
      out.write(out.isTTY ? '\n\n' : '\n');
    },
  };
}
