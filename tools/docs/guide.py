"""A page of docs as steps to run: its fenced blocks, and the sentences between them."""

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w*)$")
FILE_NAME = re.compile(r"^# ([\w./-]+\.(?:yaml|csv))$")


@dataclass(frozen=True)
class Block:
    """A fenced block: `sh` is run, `yaml` with its file's name in the first line is written."""

    kind: str
    text: str
    line: int  # of its first line in the page
    after: str  # the words up to the next block, on one line

    def file_name(self) -> str:
        match = FILE_NAME.match(self.text.split("\n", 1)[0])
        return match.group(1) if match else ""


def blocks_of(page: Path) -> list:
    found, words, inside = [], [], None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        fence = FENCE.match(line)
        if inside is not None:
            if line == "```":
                found.append([*inside, []])
                inside = None
            else:
                inside[1].append(line)
        elif fence:
            inside = [fence.group(1), [], number + 1]
        elif found:
            found[-1][3].append(line)
        else:
            words.append(line)
    if inside is not None:
        raise ValueError(f"{page}:{inside[2]}: a block without an end")
    return [Block(kind, "\n".join(lines) + "\n", line, " ".join(" ".join(after).split()))
            for kind, lines, line, after in found]
