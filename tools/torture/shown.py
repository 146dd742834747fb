"""How far the torture is: a line that is redrawn on a terminal, a line every few seconds else."""

import time
from typing import TextIO

EVERY_S = 10.0


class Progress:
    def __init__(self, out: TextIO, kills: int):
        self.out, self.kills = out, kills
        self.began = self.shown = time.monotonic()

    def at(self, done: int, failures: int) -> None:
        now = time.monotonic()
        left = (now - self.began) / max(done, 1) * (self.kills - done)
        line = (f"torture: {done} of {self.kills} kills, {failures} failures, "
                f"about {left:.0f} s left")
        if self.out.isatty():
            print(f"\r\x1b[K{line}", end="" if done < self.kills else "\n", file=self.out,
                  flush=True)
        elif now - self.shown >= EVERY_S or done == self.kills:
            self.shown = now
            print(line, file=self.out, flush=True)
