"""One kill after another, and what is held against what after each."""

import json
import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass

from killing import Lode
from project import Folder, Orders
from shown import Progress

# Words of a run: what is there before, and so what the kill can interrupt.
FROM_NOTHING, REPLACING, AGAIN = "from nothing", "replacing", "again, nothing to do"
BEFORE = "before the run is on record"
AFTER = "after the last station"


@dataclass(frozen=True)
class Wanted:
    """What an undisturbed run leaves."""

    names: tuple  # of data sets, and contents of models
    stored: dict  # files below .lode with sizes, without those that grow with every run
    stations: tuple  # names, in order


def is_leftover(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return (name.startswith(".") and name.endswith(".tmp")) or "/tmp/" in f"/{path}" \
        or name.endswith("-journal")


def comparable(stored: dict) -> dict:
    """Files whose names and sizes do not depend on how often something ran."""
    return {path: size for path, size in stored.items()
            if "/models/" not in path and "/reports/" not in path
            and not path.endswith(("runs.sqlite", "lock.pid"))}


class Torture:
    def __init__(self, lode: Lode, folder: Folder, versions: list, chance: random.Random):
        self.lode, self.folder, self.versions, self.chance = lode, folder, versions, chance
        self.failures: list = []
        self.fell: Counter = Counter()
        self.modes: Counter = Counter()
        self.leftovers = self.died = self.continued = 0
        self.lasts: dict = {}  # mode -> seconds a run takes, about
        self.whole_s = 0.0
        self.wanted: dict = {}  # by version: what a run from nothing leaves
        self.expected: Wanted | None = None  # of what is continued now
        self.known_models: set = set()
        self.placed: set = set()  # runs of this .lode whose kills are counted

    def run(self, kills: int, progress: Progress) -> dict:
        began = time.monotonic()
        for version in self.versions:
            self.wanted[version.name] = self._undisturbed(version)
        current, done = self.versions[-1], 0
        while done < kills:
            current, mode = self._prepare(current)
            # Sometimes killed again before anything could be mended.
            for _ in range(1 + (self.chance.random() < 0.3)):
                if done < kills:
                    self._kill(mode)
                    done += 1
                    progress.at(done, len(self.failures))
            self._continue(current, mode, done)
        return self._result(done, time.monotonic() - began)

    def _undisturbed(self, version: Orders) -> Wanted:
        self._forget()
        self.folder.place(version)
        run = self._finished_run(self.folder)
        self.whole_s = run["seconds_whole"]
        self.lasts = {FROM_NOTHING: self.whole_s, REPLACING: self.whole_s,
                      AGAIN: self.lode.seconds(self.folder.path, "run")}
        self.expected = self._left_by(run, self.folder)
        return self.expected

    def _left_by(self, run: dict, folder: Folder) -> Wanted:
        stored = folder.stored()
        self.known_models |= models_of(stored)
        return Wanted(names_of(run), comparable(stored),
                      tuple(station["name"] for station in run["stations"]))

    def _replaced_undisturbed(self) -> Wanted:
        """A source that is replaced gets new seqs (semantics 2.5), so what is left depends on what
        was there: a copy of the folder is replaced without a kill."""
        copy = self.folder.copied()
        try:
            return self._left_by(self._finished_run(copy, "--replace"), copy)
        finally:
            copy.forget()

    def _forget(self) -> None:
        self.placed.clear()
        shutil.rmtree(self.folder.path / ".lode", ignore_errors=True)

    def _finished_run(self, folder: Folder, *words: str) -> dict:
        began = time.monotonic()
        ended = self.lode(folder.path, "run", "--json", *words)
        if ended.exit != 0:
            raise ValueError(f"lode run: {ended.said()}")
        return json.loads(ended.out) | {"seconds_whole": time.monotonic() - began}

    def _prepare(self, current: Orders) -> tuple:
        mode = self.chance.choices([FROM_NOTHING, REPLACING, AGAIN], [5, 4, 1])[0]
        self.modes[mode] += 1
        if mode == FROM_NOTHING:
            self._forget()
        if mode != AGAIN:
            current = self.chance.choice([v for v in self.versions if v is not current] or
                                         self.versions)
            self.folder.place(current)
        if mode == FROM_NOTHING:
            self.expected = self.wanted[current.name]
        elif mode == REPLACING:
            self.expected = self._replaced_undisturbed()
        return current, mode

    def _words(self, mode: str) -> list:
        return ["run", "--replace"] if mode == REPLACING else ["run"]

    def _kill(self, mode: str) -> None:
        after = self.chance.random() * self.lasts[mode]
        died = self.lode.killed(self.folder.path, after, *self._words(mode))
        self.died += died
        # Runs are sometimes faster than the first one was: few kills shall come too late.
        self.lasts[mode] *= 1.01 if died else 0.95
        self.leftovers += sum(map(is_leftover, self.folder.stored())) \
            if (self.folder.path / ".lode").is_dir() else 0
        # Who only looks may find nothing, and must find no damage.
        looked = self.lode(self.folder.path, "sql", "SELECT 1")
        if looked.exit not in (0, 3):
            self._fail(f"looking after a kill: {looked.said()}")

    def _continue(self, version: Orders, mode: str, done: int) -> None:
        self.continued += 1
        try:
            run = self._finished_run(self.folder, *self._words(mode)[1:])
            self._hold(version, run)
            self._place_kills(run["run"])
        except (ValueError, KeyError) as error:
            self._fail(f"kill {done}, {mode}: {error}")
            self._forget()
            self.expected = self.wanted[version.name]

    def _fail(self, sentence: str) -> None:
        self.failures.append(sentence)

    def _hold(self, version: Orders, run: dict) -> None:
        """A continued run against the undisturbed one."""
        wanted = self.expected
        if names_of(run) != wanted.names:
            raise ValueError(f"other names or hashes: {names_of(run)}, not {wanted.names}")
        stored = self.folder.stored()
        found = comparable(stored)
        if found != wanted.stored:
            odd = sorted(set(found.items()) ^ set(wanted.stored.items()))
            raise ValueError(f"other files: {odd[:6]}")
        strange = models_of(stored) - self.known_models
        if strange:
            raise ValueError(f"models nobody knows: {sorted(strange)}")
        self._count(version)

    def _count(self, version: Orders) -> None:
        """Every record once, in both zones together."""
        query = ("SELECT (SELECT count(*) FROM raw.orders) AS accepted, "
                 "(SELECT count(DISTINCT _seq) FROM raw.orders) AS once, "
                 "(SELECT count(*) FROM aside.orders) AS aside, "
                 "(SELECT count(DISTINCT row) FROM aside.orders) AS aside_once, "
                 "(SELECT count(*) FROM training.orders) AS training")
        row = self.lode.rows(self.folder.path, query)[0]
        good = version.rows - version.broken
        wanted = {"accepted": good, "once": good, "aside": version.broken,
                  "aside_once": version.broken, "training": good}
        if row != wanted:
            raise ValueError(f"records lost or doubled: {row}, not {wanted}")

    def _place_kills(self, finished: int) -> None:
        """Where the kills since the last finished run fell, from what the runs had recorded."""
        rows = self.lode.rows(
            self.folder.path,
            "SELECT r.run, r.state, arg_max(s.station, s.place) AS last FROM meta.runs r "
            "LEFT JOIN meta.stations s ON r.run = s.run GROUP BY ALL ORDER BY r.run")
        stations = self._stations()
        for row in rows:
            if row["state"] == "running":
                self._fail(f"run {row['run']} still counts as running after run {finished}")
            if row["state"] != "interrupted" or row["run"] in self.placed:
                continue
            self.placed.add(row["run"])
            at = stations.index(row["last"]) + 1 if row["last"] else 0
            self.fell[stations[at] if at < len(stations) else AFTER] += 1

    def _stations(self) -> list:
        return list(self.wanted[self.versions[0].name].stations)

    def _result(self, kills: int, seconds: float) -> dict:
        stored = self.folder.stored()
        kept = [path for path in stored if is_leftover(path)]
        if kept:
            self._fail(f"left lying about at the end: {kept[:5]}")
        placed = {station: self.fell[station] for station in [*self._stations(), AFTER]}
        placed = {BEFORE: max(self.died - sum(placed.values()), 0), **placed}
        return {"kills": kills, "died": self.died, "continued": self.continued,
                "modes": dict(self.modes), "stations": placed,
                "leftovers_removed": self.leftovers, "leftovers_kept": len(kept),
                "rows": self.versions[0].rows, "seconds": round(seconds),
                "run_seconds": round(self.whole_s, 2),
                "failures": self.failures}


def names_of(run: dict) -> tuple:
    return (tuple((t["name"], t["dataset"], t["rows"]) for t in run["training"]),
            tuple((m["name"], m["content"], m["dataset"]) for m in run["models"]),
            tuple((s["name"], s["rows"], s["accepted"]) for s in run["sources"]))


def models_of(stored: dict) -> frozenset:
    return frozenset(path for path in stored if "/models/" in path)
