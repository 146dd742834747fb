"""Random streams with every kind of trouble, held against the brute force."""

import random

from brute_force import answer, fold, instances, judge
from streams import DAY, INF, load, rd, results, script, view


class Maker:
    """One random stream; what it draws, and in which order, makes a seed mean the same for ever."""

    def __init__(self, rng):
        self.rng = rng
        self.unit = rng.choice((1, 1000, 3_600_000_000))
        self.spread = rng.choice((30, 300))
        self.ids = rng.choice((5, 40, 400))
        self.sources = {}
        for name in rng.sample(["s", "u", "w"], rng.choice((1, 2, 3))):
            late = rng.choice((0, 0, 5, 30)) * self.unit
            self.sources[name] = (
                late,
                rng.choice((0, 3, 10**6)) * self.unit,
                late + rng.choice((0, 1, 10, 100)) * self.unit,
            )
        self.str_ids = {s: rng.random() < 0.4 for s in self.sources}
        self.parts = {s: rng.choice(([None], ["p", "q"], [None, "p", "q"])) for s in self.sources}
        self.p_change = rng.choice((0.0, 0.2, 0.5))
        self.label_delay = rng.choice((0, 3, 20))
        self.keys = rng.choice((["k"], ["k", "m", None], ["k", "m", "z", "y", "", None]))

    def small(self):
        return None if self.rng.random() < 0.2 else self.rng.choice((-3, -1, 0, 0, 1, 2, 5))

    def again(self, before, kind, clock):
        """A row that has come, changed or not."""
        rng = self.rng
        r = dict(rng.choice(before))
        if rng.random() < 0.3:
            r["kind"] = kind
        if rng.random() < 0.5:
            c = rng.choice(("n", "n", "x", "b", "key_a", "key_b"))
            r[c] = {
                "n": self.small(),
                "x": rng.choice((None, 0.0, -0.0, 0.57)),
                "b": rng.choice((None, True, False)),
            }.get(c, rng.choice(self.keys))
        if rng.random() < 0.3:
            r["known"] = max(r["known"], clock)
        if rng.random() < 0.2:
            r["part"] = rng.choice(self.parts[r["source"]])
        return r

    def fresh(self, source, kind, clock):
        rng = self.rng
        id = rng.randrange(self.ids)
        t = clock + rng.choice((0, 0, -1, 1, -5, 4, -30)) * self.unit
        x = self.small()
        return dict(
            source=source,
            part=rng.choice(self.parts[source]),
            kind=kind,
            id="i%d" % id if self.str_ids[source] else id,
            t=t,
            known=t + rng.choice((0, 0, 1, 5, 30, -3, -4)) * self.unit,
            broken=rng.random() < 0.03,
            key_a=rng.choice(self.keys),
            key_b=rng.choice(self.keys),
            x=None if x is None else rng.choice((x / 100, x * 0.57 if x == 1 else x / 4, -0.0)),
            n=self.small() if rng.random() < 0.95 else rng.choice((2**63 - 1, -(2**63))),
            b=rng.choice((None, True, False)),
        )

    def complete(self, r, clock):
        """What is a function of the row: its label; nothing but the id of a retraction."""
        r["lv"] = None if r["n"] is None or r["n"] == 5 else (r["n"] + 1) % 7
        r["lk"] = None
        if r["t"] is not None and r["b"] is not None:
            r["lk"] = r["t"] + self.label_delay * self.unit * (1 + (r["n"] or 0) % 3)
        if r["kind"] == "retraction":
            r["t"] = self.rng.choice((r["t"], None))
            r.update(dict.fromkeys(("key_a", "key_b", "x", "n", "b", "lv", "lk")))
        elif r["t"] is None:
            r["t"], r["lk"] = clock, None
        return r

    def arrivals(self, count):
        rng = self.rng
        out, clock = [], -self.spread * self.unit // 2
        for _ in range(count):
            clock += rng.choice((0, 0, 1, 1, 2, -2, 7)) * self.unit * self.spread // 30
            source = rng.choice(list(self.sources))
            kind = "original"
            if rng.random() < self.p_change:
                kind = rng.choice(("correction", "correction", "retraction"))
            repeated = out and rng.random() < 0.25
            r = self.again(out, kind, clock) if repeated else self.fresh(source, kind, clock)
            out.append(self.complete(r, clock))
        return out

    def views(self):
        rng = self.rng
        out = {}
        for i in range(12):
            window = rng.choice(("sliding", "sliding", "sliding", "tumbling", "last", "all"))
            w = rng.choice((1, 5, 30, 200)) * self.unit
            if window == "sliding" and rng.random() < 0.4:
                w = rng.choice((DAY, DAY + 1, 2 * DAY, 7 * DAY, 257 * 337_500_000))
            out["v%d" % i] = view(
                window,
                w,
                over=rng.choice(("source", "label")),
                source=rng.choice(list(self.sources)),
                key=rng.choice(("key_a", "key_b")),
                exact=rng.random() < 0.2,
                last_n=rng.choice((1, 2, 5, 50)),
                current=rng.random() < 0.4,
                limit=rng.choice((None, 1, 3)),
            )
        return out

    def reads(self, count, arrivals, views):
        rng, unit = self.rng, self.unit
        times = [r["t"] for r in arrivals if r["t"] is not None]
        times += [r["lk"] for r in arrivals if r["lk"] is not None]
        out = []
        for _ in range(count):
            name = rng.choice(list(views))
            t0 = rng.choice(times) + rng.choice((0, 0, 0, 1, unit, views[name]["w"] or 0))
            hidden = t0 + rng.choice((-5, 5, 30)) * unit
            k = rng.choice((t0, t0, hidden, rng.choice(arrivals)["known"], INF))
            s = rng.choice((INF, len(arrivals), rng.randrange(len(arrivals))))
            out.append(rd(t0, k, s, rng.choice(self.keys + ["nobody", None]), name))
        return out


def random_stream(rng, arrivals=300, reads=200):
    maker = Maker(rng)
    rows = maker.arrivals(arrivals)
    views = maker.views()
    return dict(
        sources=maker.sources, arrivals=rows, views=views, reads=maker.reads(reads, rows, views)
    )


def run_random(count, seed):
    streams = [(i, random_stream(random.Random("%d/%d" % (seed, i)))) for i in range(count)]
    con = load(streams)
    ta, tr = script(con, "acceptance.sql"), script(con, "read.sql")
    verdicts, answers = results(con)
    bad, tally, folded, labels = 0, {}, 0, 0
    for no, st in streams:
        want = judge(st)
        have = [verdicts[no, q] for q in range(len(want))]
        for v in want:
            tally[v] = tally.get(v, 0) + 1
        if have != want:
            bad += 1
            q = next(q for q in range(len(want)) if have[q] != want[q])
            print("FAIL stream %d seq %d: %s, brute force %s" % (no, q, have[q], want[q]))
            continue
        inst = instances(st, want)
        for j, r in enumerate(st["reads"]):
            v = st["views"][r["view"]]
            a = answer(fold(inst, v, r), v, r["t0"])
            folded += a["cnt"] > 0
            labels += a["cnt"] > 0 and v["over"] == "label"
            if a != answers[no, j]:
                bad += 1
                print(
                    "FAIL stream %d read %d: %s"
                    % (
                        no,
                        j,
                        {
                            n: (answers[no, j].get(n), x)
                            for n, x in a.items()
                            if answers[no, j].get(n) != x
                        },
                    )
                )
        if set(answers[no, 0]) != set(a):
            bad += 1
            print("FAIL columns", set(answers[no, 0]) ^ set(a))
    print(
        "random: %d streams (seed %d), verdicts %s, %d reads not empty (%d over labels), %d wrong; "
        "acceptance.sql %.2f s, read.sql %.2f s"
        % (count, seed, tally, folded, labels, bad, ta, tr)
    )
    return bad
