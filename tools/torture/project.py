"""The project that is killed: the shop of tests/e2e, with enough orders for a run to take a while.

There are two versions of the orders, so that some kills fall into replacing what is there."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

SHOP = Path(__file__).resolve().parents[2] / "tests" / "e2e" / "shop" / "lode.yaml"
DAYS = 30
BROKEN_EVERY = 400  # an order that breaks the contract, so that rows are set aside


@dataclass(frozen=True)
class Orders:
    """One version of orders.csv, and what a finished run must hold of it."""

    name: str
    text: str
    rows: int
    broken: int


def orders(name: str, rows: int, seed: int) -> Orders:
    """`rows` orders over 30 days, in order of time; big ones come back more often."""
    chance = random.Random(seed)
    lines, broken = ["at,customer,amount,returned"], 0
    for number in range(rows):
        second = number * DAYS * 86_400 // rows
        day, second = divmod(second, 86_400)
        amount = chance.randrange(200)
        returned = int(chance.random() < (0.6 if amount > 120 else 0.2))
        if number % BROKEN_EVERY == 5:
            amount, broken = 5000, broken + 1
        lines.append(f"2020-01-{day + 1:02} {second // 3600:02}:{second // 60 % 60:02}:"
                     f"{second % 60:02},c{chance.randrange(40)},{amount},{returned}")
    return Orders(name, "\n".join(lines) + "\n", rows, broken)


class Folder:
    """The project's folder: lode.yaml, orders.csv, and .lode once something ran."""

    def __init__(self, path: Path):
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        (path / "lode.yaml").write_text(SHOP.read_text())

    def copied(self) -> "Folder":
        """The same beside it, with all that runs have left."""
        path = self.path.with_name(self.path.name + "-copy")
        shutil.copytree(self.path, path)
        return Folder(path)

    def forget(self) -> None:
        shutil.rmtree(self.path)

    def place(self, version: Orders) -> None:
        (self.path / "orders.csv").write_text(version.text)

    def stored(self) -> dict:
        """Every file below .lode with its size."""
        root = self.path / ".lode"
        return {str(file.relative_to(root)): file.stat().st_size
                for file in root.rglob("*") if file.is_file()}
