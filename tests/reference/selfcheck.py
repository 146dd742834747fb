"""Checks acceptance.sql, read.sql and read_large.sql: hand-made cases, each with the sentence of
docs/semantics.md it tests and values worked out by hand from the text, and random streams against a
brute force in Python that shares nothing with the SQL but the page.

    pip install duckdb==1.5.5
    python selfcheck.py [--streams N] [--seed S] [--large ROWS READS]
"""
import argparse
import os
import random
import sys
import time
from fractions import Fraction

import duckdb

HERE = os.path.dirname(os.path.abspath(__file__))
DAY = 86_400_000_000
INF = 2**63 - 1

SCHEMA = """
CREATE TABLE sources(stream BIGINT, source VARCHAR, allowed_lateness BIGINT, max_ahead BIGINT, dedup_span BIGINT, id_is_position BOOLEAN);
CREATE TABLE arrivals(stream BIGINT, seq BIGINT, source VARCHAR, part VARCHAR, kind VARCHAR, id_n BIGINT, id_s VARCHAR, t BIGINT, known BIGINT, broken BOOLEAN,
    key_a VARCHAR, key_b VARCHAR, x DOUBLE, n BIGINT, b BOOLEAN, label_value BIGINT, label_known BIGINT);
CREATE TABLE quanta(stream BIGINT, x_quantum DOUBLE);
CREATE TABLE views(stream BIGINT, view VARCHAR, over_kind VARCHAR, source VARCHAR, key_col VARCHAR, window_kind VARCHAR, w BIGINT, exact BOOLEAN, last_n BIGINT, include_current BOOLEAN, distinct_limit BIGINT);
CREATE TABLE reads(stream BIGINT, read_no BIGINT, view VARCHAR, key VARCHAR, t0 BIGINT, k BIGINT, s BIGINT);
"""


def script(con, name):
    with open(os.path.join(HERE, name)) as f:
        start = time.time()
        con.execute(f.read())
        return time.time() - start


def lit(v):
    if v is None:
        return "NULL"
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, float):
        return "'%r'::DOUBLE" % v
    if isinstance(v, str):
        return "'" + v.replace("'", "''") + "'"
    return str(v)


def fill(con, table, rows):
    for i in range(0, len(rows), 2000):
        con.execute("INSERT INTO %s VALUES %s" % (
            table, ",".join("(" + ",".join(map(lit, r)) + ")" for r in rows[i:i + 2000])))


# A stream is a dict: sources {name: (lateness, ahead, span)}, arrivals [dict], views {name: dict}, reads [dict].

def src(lateness=0, ahead=300_000_000, span=DAY):
    return (lateness, ahead, span)


def arr(id, t, known=None, kind="original", source="s", part=None, broken=False, a="k", kb=None, x=None, n=None,
        b=None, lv=None, lk=None):
    if kind == "retraction":
        a = None
    return dict(source=source, part=part, kind=kind, id=id, t=t, known=t if known is None else known, broken=broken,
                key_a=a, key_b=kb, x=x, n=n, b=b, lv=lv, lk=lk)


def cor(id, t, known, **kw):
    return arr(id, t, known, "correction", **kw)


def ret(id, known, t=None, **kw):
    return arr(id, t, known, "retraction", **kw)


def view(window, w=None, over="source", source="s", key="key_a", exact=False, last_n=None, current=False, limit=None):
    return dict(over=over, source=source, key=key, window=window, w=w, exact=exact, last_n=last_n, current=current,
                limit=limit)


def rd(t0, k=INF, s=INF, key="k", view="v"):
    return dict(view=view, key=key, t0=t0, k=k, s=s)


def load(streams, quantum=0.01):
    con = duckdb.connect(config={"threads": 2, "memory_limit": "4GB"})
    con.execute(SCHEMA)
    S, A, V, R = [], [], [], []
    for no, st in streams:
        S += [(no, name, l, a, d, False) for name, (l, a, d) in st["sources"].items()]
        for q, r in enumerate(st["arrivals"]):
            num = not isinstance(r["id"], str)
            A.append((no, q, r["source"], r["part"], r["kind"], r["id"] if num else None, None if num else r["id"],
                      r["t"], r["known"], r["broken"], r["key_a"], r["key_b"], r["x"], r["n"], r["b"], r["lv"], r["lk"]))
        V += [(no, name, v["over"], v["source"], v["key"], v["window"], v["w"], v["exact"], v["last_n"], v["current"],
               v["limit"]) for name, v in st["views"].items()]
        R += [(no, i, r["view"], r["key"], r["t0"], r["k"], r["s"]) for i, r in enumerate(st["reads"])]
    for table, rows in (("sources", S), ("arrivals", A), ("views", V), ("reads", R),
                        ("quanta", [(no, quantum) for no, _ in streams])):
        if rows:
            fill(con, table, rows)
    return con


def results(con):
    verdicts, answers = {}, {}
    for st, seq, v in con.execute("SELECT * FROM verdicts").fetchall():
        assert (st, seq) not in verdicts
        verdicts[st, seq] = v
    cur = con.execute("SELECT * FROM answers")
    names = [d[0] for d in cur.description]
    for row in cur.fetchall():
        row = dict(zip(names, row))
        key = row.pop("stream"), row.pop("read_no")
        assert key not in answers
        answers[key] = row
    return verdicts, answers


# ---- hand-made cases ------------------------------------------------------------------------------------------

CASES = []


def case(what, arrivals, verdicts=None, reads=(), sources=None, views=None):
    """reads: pairs (read, {column: expected}). verdicts: first letters d(uplicate) c(onflict) f l a b."""
    CASES.append(dict(what=what, verdicts=verdicts, expect=[e for _, e in reads],
                      stream=dict(sources=sources or {"s": src()}, arrivals=arrivals, views=views or {"v": view("all")},
                                  reads=[r for r, _ in reads])))


def hand_cases():
    # -- section 3
    case("3.1.3 late is strict: M=100, lateness 10; 90 is in, 89 late",
         [arr(1, 100), arr(2, 90), arr(3, 89), arr(4, 100)], "aala", sources={"s": src(10)})
    case("3.1.3 nothing is late in an empty partition; partitions have their own M",
         [arr(1, 100, part="p"), arr(2, 5, part="q"), arr(3, 5, part="p"), arr(4, 4, part="q")], "aall")
    case("3.1.2 future is strict: ahead 5; t = known+5 in, known+6 future, and moves no M (3.2)",
         [arr(1, 105, 100), arr(2, 106, 100), arr(3, 105, 106)], "afa", sources={"s": src(0, 5)})
    case("3.1 order: a future duplicate is a duplicate; a late conflict a conflict; a future late row future",
         [arr(1, 10, 10, n=1), arr(1, 10, 0, n=1), arr(2, 50), arr(1, 10, n=2), arr(3, 20, 0)], "adacf",
         sources={"s": src(0, 5)})
    case("3.3 span edge: M=110, span 10; e at 100 compared, e at 99 not",
         [arr(1, 100, n=1), arr(2, 99, n=1), arr(3, 110), arr(1, 110, n=2), arr(2, 110, n=2)], "aaaca",
         sources={"s": src(10, 5, 10)})
    case("3.3 identical but beyond the span is not a duplicate (here late)",
         [arr(1, 99), arr(2, 110), arr(1, 99)], "aal", sources={"s": src(10, 5, 10)})
    case("3.3 e over all partitions; M of the newcomer's: empty is minus infinity",
         [arr(1, 5, part="p"), arr(2, 1000, part="p"), arr(1, 900, part="q"), arr(3, 1000, part="q"), arr(1, 1000, part="q")],
         "aacaa", sources={"s": src(10, 5, 10)})
    case("3.3 only accepted count: e is the first row, not the conflict",
         [arr(1, 10, n=1), arr(1, 10, n=2), arr(1, 10, n=1), arr(1, 10, n=2)], "acdc")
    case("3.3 null equals null, -0.0 equals 0.0, null is not 0; known is not compared; t is",
         [arr(1, 10, x=0.0), arr(1, 10, 77, x=-0.0), arr(1, 10, x=None), arr(2, 10), arr(2, 10), arr(2, 11)], "adcadc")
    for c in ("t", "a", "kb", "x", "n", "b"):
        one = dict(t=10, a="k", kb="m", x=1.0, n=1, b=True)
        for other in [None, {"t": 9, "a": "z", "kb": "z", "x": 2.0, "n": 2, "b": False}[c]]:
            if (c, other) != ("t", None):
                two = dict(one, **{c: other})
                case("3.3/3.4 compares %s, %r" % (c, other),
                     [arr(1, **one), arr(1, **two), cor(2, known=10, **one), cor(2, known=10, **two), cor(2, known=10, **two)], "acaad")
    case("3.3 ids are of a source", [arr(1, 10), arr(1, 10, source="u")], "aa", sources={"s": src(), "u": src()})
    case("3.3 string ids, case matters", [arr("a", 10), arr("A", 10), arr("a", 10)], "aad")
    case("3.3 newest original: after a second instance the first is not compared",
         [arr(1, 100, n=1), arr(2, 200), arr(1, 200, n=2), arr(1, 200, n=2), arr(1, 100, n=1)], "aaadc",
         sources={"s": src(10, 5, 10)})
    case("3.4 corrections: same twice is duplicate, change back is not, never late, can be future",
         [arr(1, 100), cor(1, 1, 100, n=1), cor(1, 1, 101, n=1), cor(1, 1, 102, n=2), cor(1, 1, 103, n=1), cor(1, 109, 103)],
         "aadaaf", sources={"s": src(0, 5)})
    case("3.4 retractions: twice is a duplicate unless a correction lies between; never future",
         [arr(1, 100), ret(1, 100), ret(1, 200), cor(1, 100, 200), ret(1, 200), ret(2, 0, t=10**9)], "aadaaa")
    case("3.4 correction, retraction, same correction: accepted; no span for corrections",
         [cor(1, 1, 5), arr(2, 10**15), cor(1, 1, 6), ret(1, 7), cor(1, 1, 8)], "aadaa")
    case("3.2 corrections move no M", [arr(1, 10), cor(1, 500, 500), arr(2, 10)], "aaa")
    case("3.2 a conflict moves no M", [arr(1, 10), arr(1, 500), arr(2, 10)], "aca")
    case("2.4 a broken row makes no id known and moves no M",
         [arr(1, 500, broken=True), arr(1, 10), arr(1, 10)], "bad", [(rd(20), dict(cnt=1))])

    # -- section 4
    case("4.3 known <= k and seq <= s, both inclusive", [arr(1, 10, 50), arr(2, 11, 51)], "aa",
         [(rd(100, 49), dict(cnt=0)), (rd(100, 50), dict(cnt=1)), (rd(100, 51, 0), dict(cnt=1)),
          (rd(100, 51, 1), dict(cnt=2)), (rd(100, 51, -1), dict(cnt=0))], sources={"s": src(5)})
    case("4.2 a correction before its event stands when the event arrives",
         [cor(1, 12, 20, n=7), arr(1, 10, 10, n=1)], "aa",
         [(rd(100), dict(cnt=1, sum_n_q=7, time_since=88)),
          (rd(100, 10), dict(cnt=1, sum_n_q=1, time_since=90)),       # k: only the original is known
          (rd(100, INF, 0), dict(cnt=1, sum_n_q=7))])                  # 4.3 a correction alone is visible
    case("4.2 a retraction before its event: not visible once known",
         [ret(1, 20), arr(1, 10, n=1)], "aa", [(rd(100), dict(cnt=0)), (rd(100, 19), dict(cnt=1))])
    case("4.3 by rank, not by known: the later-known older version does not win",
         [arr(1, 10, n=1), cor(1, 10, 40, n=2), cor(1, 10, 30, n=3)], "aaa",
         [(rd(100, 29), dict(sum_n_q=1)), (rd(100, 30), dict(sum_n_q=3)), (rd(100, 40), dict(sum_n_q=3)),
          (rd(100, 40, 1), dict(sum_n_q=2))])
    case("4.3 retraction and revival",
         [arr(1, 10, n=1), ret(1, 20), cor(1, 11, 30, n=2)], "aaa",
         [(rd(100, 19), dict(sum_n_q=1, cnt=1)), (rd(100, 20), dict(cnt=0, sum_n_q=0)), (rd(100, 30), dict(cnt=1, sum_n_q=2))])
    case("4.4 moved key and moved time",
         [arr(1, 10, a="k", n=1), cor(1, 50, 60, a="m", n=1)], "aa",
         [(rd(100, 59), dict(cnt=1, time_since=90)), (rd(100, 60), dict(cnt=0)), (rd(100, 60, key="m"), dict(cnt=1, time_since=50)),
          (rd(50, 60, key="m"), dict(cnt=0)), (rd(100, 59, key="m"), dict(cnt=0))])
    case("4.1 instances: correction to the newest begun before it; both counted",
         [arr(1, 100, n=1), arr(2, 200, a="z"), arr(1, 200, n=2), cor(1, 200, 200, n=5), ret(1, 300)], "aaaaa",
         [(rd(999, 250, 2), dict(cnt=2, sum_n_q=3)), (rd(999, 250, 3), dict(cnt=2, sum_n_q=6)), (rd(999), dict(cnt=1, sum_n_q=1))],
         sources={"s": src(10, 5, 10)})
    case("4.1 correction before any original belongs to instance 1, also when two follow",
         [cor(1, 100, 100, n=9), arr(1, 100, n=1), arr(2, 200, a="z"), arr(1, 200, n=2)], "aaaa",
         [(rd(999), dict(cnt=2, sum_n_q=11))], sources={"s": src(10, 5, 10)})

    # -- section 5
    L = {"v": view("all", over="label")}
    case("5.1 known of the label: larger of the expression and the row's known; tau is it",
         [arr(1, 10, lv=1, lk=30), arr(2, 20, 40, lv=2, lk=30)], "aa",
         [(rd(100, 29), dict(cnt=0)), (rd(100, 30), dict(cnt=1, sum_v_q=1, time_since=70)), (rd(100, 39), dict(cnt=1)),
          (rd(100, 40), dict(cnt=2, sum_v_q=3, time_since=60)), (rd(40), dict(cnt=1)), (rd(30), dict(cnt=0))], views=L)
    case("5.1 null known: never; null value: not visible, 0 is a value",
         [arr(1, 10, lv=1), arr(2, 10, lv=None, lk=10), arr(3, 10, lv=0, lk=10)], "aaa",
         [(rd(100), dict(cnt=1, cnt_nn_v=1, sum_v_q=0, min_v=0, distinct_v=1))], views=L)
    case("5.2 relabelling: reversal moves value and time; before its known time the old stands",
         [arr(1, 10, lv=1, lk=20), cor(1, 10, 50, lv=0, lk=20)], "aa",
         [(rd(100, 49), dict(cnt=1, sum_v_q=1, time_since=80)), (rd(100, 50), dict(cnt=1, sum_v_q=0, time_since=50)),
          (rd(100, 99, 0), dict(cnt=1, sum_v_q=1))], views=L)
    case("5.1/5.2 a newer version with a null value takes the label away; with a null known the old one stands",
         [arr(1, 10, lv=1, lk=20), cor(1, 10, 50, lv=None, lk=20), arr(2, 10, lv=4, lk=20), cor(2, 10, 50, lv=7)], "aaaa",
         [(rd(100, 49), dict(cnt=2, sum_v_q=5)), (rd(100, 50), dict(cnt=1, sum_v_q=4))], views=L)
    case("5.2 the label of a retracted row counts nowhere; revived it is back",
         [arr(1, 10, lv=1, lk=20), ret(1, 50), cor(1, 11, 60, lv=2, lk=80)], "aaa",
         [(rd(100, 49), dict(cnt=1)), (rd(100, 50), dict(cnt=0)), (rd(100, 60), dict(cnt=1, sum_v_q=1, time_since=80)),
          (rd(100, 80), dict(cnt=1, sum_v_q=2, time_since=20))], views=L)
    case("5.3 keys and columns from the row's visible version, value and time from the label's",
         [arr(1, 10, a="k", n=1, lv=1, lk=20), cor(1, 10, 30, a="m", n=2, lv=5, lk=70)], "aa",
         [(rd(100, 29), dict(cnt=1, sum_n_q=1)), (rd(100, 30), dict(cnt=0)),
          (rd(100, 30, key="m"), dict(cnt=1, sum_n_q=2, sum_v_q=1, time_since=80)),
          (rd(100, 70, key="m"), dict(cnt=1, sum_n_q=2, sum_v_q=5, time_since=30))], views=L)
    case("5.4 a label known long ago is not late",
         [arr(1, 100, lv=1, lk=200), arr(2, 100, lv=2, lk=100)], "aa", [(rd(150), dict(cnt=1, sum_v_q=2))], views=L)

    # -- section 6
    W = 100
    case("6.4 sliding: t0-W < t < t0", [arr(i, t) for i, t in enumerate((0, 1, 99, 100))], "aaaa",
         [(rd(100), dict(cnt=2)), (rd(101, key="k"), dict(cnt=2)), (rd(100, view="c"), dict(cnt=3))],
         views={"v": view("sliding", W), "c": view("sliding", W, current=True)})
    # W = 24 h is not paned; W = 24 h + 1: P = floor(86400000001/256) = 337500000, t0-W = 337500000+5 -> edge 337500000
    W1 = DAY + 1
    P = 337_500_000
    case("6.4 paned: W just above 24 h; strict at the pane's edge; exact is not paned; 24 h is not paned",
         [arr(1, P), arr(2, P + 1), arr(3, P + 5), arr(4, P + 6), arr(5, P + 7)], "aaaaa",
         [(rd(P + 5 + W1), dict(cnt=4)), (rd(P + 5 + W1, view="x"), dict(cnt=2)), (rd(P + 5 + DAY, view="d"), dict(cnt=2)),
          (rd(2 * P - 1 + W1), dict(cnt=4)), (rd(2 * P + W1), dict(cnt=0))],
         views={"v": view("sliding", W1), "x": view("sliding", W1, exact=True), "d": view("sliding", DAY)})
    # t0-W = -1 -> floor(-1/P)*P = -P
    case("6.4 paned before 1970: floor is toward minus infinity", [arr(1, -P), arr(2, -P + 1), arr(3, -1)], "aaa",
         [(rd(-1 + W1), dict(cnt=2)), (rd(0 + W1), dict(cnt=0))], views={"v": view("sliding", W1)})
    case("6.4 tumbling: start is in, its own start is empty, include_current takes it",
         [arr(1, 199), arr(2, 200), arr(3, 299)], "aaa",
         [(rd(200), dict(cnt=0, min_n=None)), (rd(200, view="c"), dict(cnt=1)), (rd(201), dict(cnt=1)), (rd(299), dict(cnt=1)),
          (rd(299, view="c"), dict(cnt=2)), (rd(300), dict(cnt=0)), (rd(199, view="c"), dict(cnt=1))],
         views={"v": view("tumbling", W), "c": view("tumbling", W, current=True)})
    case("6.4 tumbling before 1970: [-100, 0)", [arr(1, -101), arr(2, -100), arr(3, -1)], "aaa",
         [(rd(-1), dict(cnt=1)), (rd(-1, view="c"), dict(cnt=2)), (rd(0), dict(cnt=0)), (rd(-100), dict(cnt=0))],
         views={"v": view("tumbling", W), "c": view("tumbling", W, current=True)})
    case("6.3/6.4 last n with ties: by id as a number; upper edge first; other keys do not count",
         [arr(10, 50, n=1), arr(9, 50, n=2), arr(2, 50, n=4), arr(11, 50, n=8, a="z"), arr(1, 60, n=16)], "aaaaa",
         [(rd(60), dict(cnt=2, sum_n_q=3, first_n=2, last_n=1)), (rd(61), dict(cnt=2, sum_n_q=17, first_n=1, last_n=16)),
          (rd(60, view="c"), dict(sum_n_q=17)), (rd(50), dict(cnt=0)), (rd(60, view="w"), dict(cnt=3))],
         views={"v": view("last", last_n=2), "c": view("last", last_n=2, current=True), "w": view("last", last_n=9)})
    case("6.3 ties of string ids by bytes: 'B' < 'a' < 'b'; '10' < '9'",
         [arr("a", 50, n=1), arr("B", 50, n=2), arr("9", 50, n=3), arr("10", 50, n=4)], "aaaa",
         [(rd(60), dict(cnt=2, first_n=2, last_n=1)), (rd(60, view="w"), dict(cnt=4, first_n=4))],
         views={"v": view("last", last_n=2), "w": view("all")})
    case("6.3 bytes, not collation: z < e-acute", [arr("\u00e9", 50, n=1), arr("z", 50, n=2)], "aa",
         [(rd(60), dict(first_n=2, last_n=1))])
    case("6.3 ties of one id by instance; one t, two instances",
         [arr(1, 100, n=1), arr(2, 111), cor(1, 111, 111, n=3), arr(1, 111, n=2)], "aaaa",
         [(rd(999), dict(cnt=3, first_n=3, last_n=None)),              # at 111: id 1 instance 1, id 1 instance 2, id 2
          (rd(999, view="w"), dict(cnt=2, first_n=2, last_n=None))],
         sources={"s": src(10, 5, 10)}, views={"v": view("all"), "w": view("last", last_n=2)})
    case("6.2 null keys: record in no fold; read of null and of an unseen key is empty; '' is a key",
         [arr(1, 10, a=None, n=1), arr(2, 10, a="", n=2)], "aa",
         [(rd(99, key=None), dict(cnt=0, sum_n_q=0, min_n=None, first_n=None, distinct_n=0, time_since=None, sumsq_n_q="0")),
          (rd(99, key="nobody"), dict(cnt=0, cnt_nn_x=0, sum_x_q=0, max_x=None, last_x=None, time_since=None, over_limit_x=False)),
          (rd(99, key=""), dict(cnt=1, sum_n_q=2))])
    case("6.1 the other key column", [arr(1, 10, a="k", kb="m", n=1), arr(2, 10, a="m", kb="k", n=2)], "aa",
         [(rd(99, key="m"), dict(cnt=1, sum_n_q=1))], views={"v": view("all", key="key_b")})
    case("6.1 another source's records are not in", [arr(1, 10), arr(1, 10, source="u")], "aa", [(rd(99), dict(cnt=1))],
         sources={"s": src(), "u": src()})

    # -- section 7
    case("7.1 nulls: counted, not summed; first/last of the record; every x null",
         [arr(1, 10, x=None, n=5), arr(2, 20, x=-1.5, n=5), arr(3, 30, x=0.29, n=None, b=True)], "aaa",
         [(rd(99), dict(cnt=3, cnt_nn_x=2, sum_x_q=-121, sumsq_x_q=str(150**2 + 29**2), min_x=-1.5, max_x=0.29, first_x=None,
                        last_x=0.29, distinct_x=2, cnt_nn_n=2, sum_n_q=10, first_n=5, last_n=None, distinct_n=1, min_b=1, max_b=1,
                        first_b=None, last_b=True, sum_b_q=1, sumsq_b_q="1", distinct_b=1, time_since=69, cnt_nn_v=None)),
          (rd(20), dict(cnt=1, cnt_nn_x=0, sum_x_q=0, min_x=None, distinct_x=0, time_since=10))])
    case("7.2 sums beyond 63 and squares beyond 128 bits",
         [arr(i, 10, n=-2**63) for i in range(5)], "aaaaa", [(rd(99), dict(sum_n_q=-5 * 2**63, sumsq_n_q=str(5 * 2**126)))])
    case("7.2 quanta that binary division would miss: 0.57 is 57, 1.13 is 113",
         [arr(1, 10, x=0.57), arr(2, 10, x=1.13), arr(3, 10, x=-4.35)], "aaa", [(rd(99), dict(sum_x_q=57 + 113 - 435))])
    case("7.5 distinct over all: at the limit fine, above it over limit; other windows have none; null is no value",
         [arr(i, i, n=i, x=float(min(i, 2))) for i in range(1, 5)] + [arr(9, 9)], "aaaaa",
         [(rd(4), dict(distinct_n=3, over_limit_n=False)), (rd(99), dict(distinct_n=None, over_limit_n=True, distinct_x=2, over_limit_x=False)),
          (rd(99, view="w"), dict(distinct_n=4, over_limit_n=False))],
         views={"v": view("all", limit=3), "w": view("last", last_n=9, limit=3)})
    case("7.6 -0.0 and 0.0 are one value", [arr(1, 10, x=-0.0), arr(2, 10, x=0.0)], "aa",
         [(rd(99), dict(distinct_x=1, min_x=0.0, sum_x_q=0))])


def run_hand():
    hand_cases()
    con = load([(i, c["stream"]) for i, c in enumerate(CASES)])
    script(con, "acceptance.sql")
    script(con, "read.sql")
    verdicts, answers = results(con)
    bad = checks = 0
    for i, c in enumerate(CASES):
        got = "".join(verdicts[i, q][0] for q in range(len(c["stream"]["arrivals"])))
        checks += len(got)
        if c["verdicts"] and got != c["verdicts"]:
            bad += 1
            print("FAIL %s: verdicts %s, by hand %s" % (c["what"], got, c["verdicts"]))
        for j, e in enumerate(c["expect"]):
            for name, want in e.items():
                checks += 1
                have = answers[i, j][name]
                if have != want or isinstance(have, bool) != isinstance(want, bool):
                    bad += 1
                    print("FAIL %s: read %d %s = %r, by hand %r" % (c["what"], j, name, have, want))
    print("hand-made: %d cases, %d values, %d wrong" % (len(CASES), checks, bad))
    return bad


# ---- brute force ----------------------------------------------------------------------------------------------

def judge(st):
    """One arrival after another, as 3.1 says it."""
    out, marks, newest_original, newest_change = [], {}, {}, {}
    for q, r in enumerate(st["arrivals"]):
        if r["broken"]:
            out.append("broken")
            continue
        lateness, ahead, span = st["sources"][r["source"]]
        row = (r["t"], r["key_a"], r["key_b"], r["x"], r["n"], r["b"])   # python: -0.0 == 0.0, None == None
        p, i = (r["source"], r["part"]), (r["source"], r["id"])
        v = None
        if r["kind"] == "original":
            mark = marks.get(p, float("-inf"))
            e = newest_original.get(i)
            if e is not None and e[0] >= mark - span:
                v = "duplicate" if e == row else "conflict"
            elif r["t"] > r["known"] + ahead:
                v = "future"
            elif r["t"] < mark - lateness:
                v = "late"
            else:
                v = "accepted"
                marks[p] = max(mark, r["t"])
                newest_original[i] = row
        else:
            if i in newest_change and newest_change[i][0] == r["kind"] and (r["kind"] == "retraction" or newest_change[i][1] == row):
                v = "duplicate"
            elif r["kind"] == "correction" and r["t"] > r["known"] + ahead:
                v = "future"
            else:
                v = "accepted"
                newest_change[i] = (r["kind"], row)
        out.append(v)
    return out


def instances(st, verdicts):
    """source -> list of (id, instance no, versions [(seq, row)] from the lowest rank to the highest)."""
    begun, inst = {}, {}
    for q, r in enumerate(st["arrivals"]):
        if verdicts[q] != "accepted":
            continue
        i = (r["source"], r["id"])
        if r["kind"] == "original":
            begun[i] = begun.get(i, 0) + 1
            inst.setdefault(i + (begun[i],), []).insert(0, (q, r))
        else:
            inst.setdefault(i + (begun.get(i) or 1,), []).append((q, r))
    out = {}
    for (s, i, no), versions in inst.items():
        out.setdefault(s, []).append((i, no, versions))
    return out


def fold(inst, view, read):
    k, s, t0 = read["k"], read["s"], read["t0"]
    found = []
    if read["key"] is None:
        return found
    for id, no, versions in inst.get(view["source"], ()):
        row = None
        for q, r in versions:
            if r["known"] <= k and q <= s:
                row = r
        if row is None or row["kind"] == "retraction" or row[view["key"]] != read["key"]:
            continue
        tau, value = row["t"], None
        if view["over"] == "label":
            top = None
            for q, r in versions:
                if r["kind"] != "retraction" and r["lk"] is not None and max(r["lk"], r["known"]) <= k and q <= s:
                    top = r
            if top is None or top["lv"] is None:
                continue
            tau, value = max(top["lk"], top["known"]), top["lv"]
        if tau > t0 or (tau == t0 and not view["current"]):
            continue
        w = view["w"]
        if view["window"] == "sliding":
            edge = t0 - w
            if w > 24 * 3600 * 10**6 and not view["exact"]:
                pane = w // 256
                edge = edge // pane * pane            # python floors
            if tau <= edge:
                continue
        if view["window"] == "tumbling" and tau < t0 // w * w:
            continue
        key = id.encode() if isinstance(id, str) else id
        found.append(((tau, key, no), row, value))
    found.sort(key=lambda f: f[0])
    if view["window"] == "last":
        found = found[-view["last_n"]:]
    return found


def answer(found, view, t0):
    a = dict(cnt=len(found), time_since=t0 - found[-1][0][0] if found else None)
    for c in "xnbv":
        if c == "v" and view["over"] == "source":
            a.update({n: None for n in ("cnt_nn_v", "sum_v_q", "sumsq_v_q", "min_v", "max_v", "first_v", "last_v", "distinct_v",
                                        "over_limit_v")})
            continue
        xs = [f[2] if c == "v" else f[1][c] for f in found]
        nn = [x for x in xs if x is not None]
        qs = [round(Fraction(repr(x)) * 100) if c == "x" else int(x) for x in nn]
        over = view["window"] == "all" and len(set(nn)) > (10000 if view["limit"] is None else view["limit"])
        a["cnt_nn_" + c] = len(nn)
        a["sum_%s_q" % c] = sum(qs)
        a["sumsq_%s_q" % c] = str(sum(q * q for q in qs))
        a["min_" + c] = min(nn, default=None)
        a["max_" + c] = max(nn, default=None)
        a["first_" + c] = xs[0] if xs else None
        a["last_" + c] = xs[-1] if xs else None
        a["distinct_" + c] = None if over else len(set(nn))
        a["over_limit_" + c] = over
    return a


def random_stream(rng, arrivals=300, reads=200):
    unit = rng.choice((1, 1000, 3_600_000_000))
    spread = rng.choice((30, 300))
    ids = rng.choice((5, 40, 400))
    sources = {}
    for name in rng.sample(["s", "u", "w"], rng.choice((1, 2, 3))):
        late = rng.choice((0, 0, 5, 30)) * unit
        sources[name] = (late, rng.choice((0, 3, 10**6)) * unit, late + rng.choice((0, 1, 10, 100)) * unit)
    str_ids = {s: rng.random() < 0.4 for s in sources}
    parts = {s: rng.choice(([None], ["p", "q"], [None, "p", "q"])) for s in sources}
    p_change = rng.choice((0.0, 0.2, 0.5))
    label_delay = rng.choice((0, 3, 20))
    keys = rng.choice((["k"], ["k", "m", None], ["k", "m", "z", "y", "", None]))
    small = lambda none=0.2: None if rng.random() < none else rng.choice((-3, -1, 0, 0, 1, 2, 5))
    out, clock = [], -spread * unit // 2
    for _ in range(arrivals):
        clock += rng.choice((0, 0, 1, 1, 2, -2, 7)) * unit * spread // 30
        s = rng.choice(list(sources))
        kind = "original" if rng.random() >= p_change else rng.choice(("correction", "correction", "retraction"))
        if out and rng.random() < 0.25:
            r = dict(rng.choice(out))                    # again, changed or not
            if rng.random() < 0.3:
                r["kind"] = kind
            if rng.random() < 0.5:
                c = rng.choice(("n", "n", "x", "b", "key_a", "key_b"))
                r[c] = {"n": small(), "x": rng.choice((None, 0.0, -0.0, 0.57)), "b": rng.choice((None, True, False))}.get(c, rng.choice(keys))
            if rng.random() < 0.3:
                r["known"] = max(r["known"], clock)
            if rng.random() < 0.2:
                r["part"] = rng.choice(parts[r["source"]])
        else:
            id = rng.randrange(ids)
            t = clock + rng.choice((0, 0, -1, 1, -5, 4, -30)) * unit
            x = small()
            r = dict(source=s, part=rng.choice(parts[s]), kind=kind, id="i%d" % id if str_ids[s] else id, t=t,
                     known=t + rng.choice((0, 0, 1, 5, 30, -3, -4)) * unit, broken=rng.random() < 0.03, key_a=rng.choice(keys),
                     key_b=rng.choice(keys), x=None if x is None else rng.choice((x / 100, x * 0.57 if x == 1 else x / 4, -0.0)),
                     n=small() if rng.random() < 0.95 else rng.choice((2**63 - 1, -2**63)), b=rng.choice((None, True, False)))
        # functions of the row
        r["lv"] = None if r["n"] is None or r["n"] == 5 else (r["n"] + 1) % 7
        r["lk"] = None if r["t"] is None or r["b"] is None else r["t"] + label_delay * unit * (1 + (r["n"] or 0) % 3)
        if r["kind"] == "retraction":
            r.update(t=rng.choice((r["t"], None)), key_a=None, key_b=None, x=None, n=None, b=None, lv=None, lk=None)
        elif r["t"] is None:
            r["t"], r["lk"] = clock, None
        out.append(r)
    views = {}
    for i in range(12):
        window = rng.choice(("sliding", "sliding", "sliding", "tumbling", "last", "all"))
        w = rng.choice((1, 5, 30, 200)) * unit
        if window == "sliding" and rng.random() < 0.4:
            w = rng.choice((DAY, DAY + 1, 2 * DAY, 7 * DAY, 257 * 337_500_000))
        views["v%d" % i] = view(window, w, rng.choice(("source", "label")), rng.choice(list(sources)), rng.choice(("key_a", "key_b")),
                                rng.random() < 0.2, rng.choice((1, 2, 5, 50)), rng.random() < 0.4, rng.choice((None, 1, 3)))
    todo = []
    times = [r["t"] for r in out if r["t"] is not None] + [r["lk"] for r in out if r["lk"] is not None]
    for _ in range(reads):
        name = rng.choice(list(views))
        t0 = rng.choice(times) + rng.choice((0, 0, 0, 1, unit, views[name]["w"] or 0))
        k = rng.choice((t0, t0, t0 + rng.choice((-5, 5, 30)) * unit, rng.choice(out)["known"], INF))
        todo.append(rd(t0, k, rng.choice((INF, arrivals, rng.randrange(arrivals))), rng.choice(keys + ["nobody", None]), name))
    return dict(sources=sources, arrivals=out, views=views, reads=todo)


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
                print("FAIL stream %d read %d: %s" % (no, j, {n: (answers[no, j].get(n), x) for n, x in a.items() if answers[no, j].get(n) != x}))
        if set(answers[no, 0]) != set(a):
            bad += 1
            print("FAIL columns", set(answers[no, 0]) ^ set(a))
    print("random: %d streams (seed %d), verdicts %s, %d reads not empty (%d over labels), %d wrong; acceptance.sql %.2f s, read.sql %.2f s"
          % (count, seed, tally, folded, labels, bad, ta, tr))
    return bad


# ---- read_large.sql -------------------------------------------------------------------------------------------

LARGE_VIEWS = {"h1": view("sliding", DAY // 24), "d1": view("sliding", DAY, current=True), "d7": view("sliding", 7 * DAY, key="key_b"),
               "d30": view("sliding", 30 * DAY)}


def make_large(rows, reads, keys):
    """A year of one source, made in DuckDB from hashes; out of order, late, future and broken rows and nulls among them."""
    unit = 337_500_000                                                 # a divisor of the panes, so that edges are hit
    step = 365 * DAY // rows
    step = step // unit * unit if step > unit else unit // -(-unit // step)
    con = duckdb.connect(config={"threads": 2, "memory_limit": "4GB"})
    con.execute(SCHEMA)
    con.execute("INSERT INTO sources VALUES (0, 's', %d, 60000000, %d, true); INSERT INTO quanta VALUES (0, 0.01)" % (2 * step, DAY))
    fill(con, "views", [(0, n, v["over"], v["source"], v["key"], v["window"], v["w"], v["exact"], v["last_n"], v["current"], v["limit"])
                        for n, v in LARGE_VIEWS.items()])
    h = lambda salt, m: "(hash(i, %d) %% %d)::BIGINT" % (salt, m)
    con.execute("""INSERT INTO arrivals
        SELECT 0, i, 's', NULL, 'original', i, NULL, t, t + CASE %s WHEN 0 THEN -70000000 WHEN 1 THEN 3600000000 ELSE 0 END, %s = 0,
               CASE WHEN %s > 0 THEN 'c' || (sqrt(%s::DOUBLE) * %d / 1000)::BIGINT END, 'm' || %s,
               CASE WHEN %s > 0 THEN %s / 100.0 END, CASE WHEN %s > 0 THEN %s - 50 END, %s = 0, NULL, NULL
        FROM (SELECT i, i * %d - CASE %s WHEN 0 THEN %d WHEN 1 THEN %d WHEN 2 THEN %d ELSE 0 END AS t FROM range(%d) r(i))""" % (
        h(1, 50), h(2, 500), h(3, 100), h(4, 1000000), keys, h(5, keys), h(6, 20), h(7, 20000), h(8, 20), h(9, 100), h(10, 3),
        step, h(11, 50), 4 * step, 3 * step, 3 * step // 2, rows))
    con.execute("""INSERT INTO reads SELECT 0, i, v[1 + i %% 4], CASE WHEN i %% 4 = 2 THEN key_b ELSE key_a END, t,
                   CASE WHEN i %% 5 = 0 THEN t + 3600000000 ELSE t END, CASE WHEN i %% 7 = 0 THEN q - %d ELSE 9223372036854775807 END
        FROM (SELECT r.i, ['h1', 'd1', 'd7', 'd30'] AS v, (hash(r.i, 99) %% %d)::BIGINT AS q FROM range(%d) r(i)) z
        JOIN arrivals a ON a.seq = z.q""" % (rows // 100, rows, reads))
    return con


def run_large(rows, reads, keys, compare):
    con = make_large(rows, reads, keys)
    dt = script(con, "read_large.sql")
    folded, = con.execute("SELECT sum(cnt) FROM answers").fetchone()
    bad = ""
    if compare:
        con.execute("ALTER TABLE verdicts RENAME TO v1; ALTER TABLE answers RENAME TO a1")
        script(con, "acceptance.sql")
        script(con, "read.sql")
        bad = sum(con.execute("SELECT count(*) FROM ((FROM %s EXCEPT FROM %s) UNION ALL (FROM %s EXCEPT FROM %s))" % (a, b, b, a)).fetchone()[0]
                  for a, b in (("v1", "verdicts"), ("a1", "answers")))
        bad += con.execute("SELECT abs((SELECT count(*) FROM a1) - %d)" % reads).fetchone()[0]
    tally = con.execute("SELECT verdict, count(*) FROM verdicts GROUP BY 1 ORDER BY 2 DESC").fetchall()
    print("large: %d arrivals %s, %d reads folding %d records, read_large.sql %.1f s%s" % (
        rows, tally, reads, folded, dt, ", %d rows differ from acceptance.sql and read.sql" % bad if compare else ""))
    return bad or 0


def run_refusals():
    """The preconditions are errors, not wrong answers."""
    bad = 0
    one = dict(sources={"s": src()}, arrivals=[arr(1, 10)], views={"v": view("all")}, reads=[rd(99)])
    for what, st, scripts in (
            ("3.5", dict(one, sources={"s": src(10, 0, 9)}), ["acceptance.sql"]),
            ("7.2 no number of quanta", dict(one, arrivals=[arr(1, 10, x=0.005)]), ["acceptance.sql", "read.sql"]),
            ("7.2 NaN", dict(one, arrivals=[arr(1, 10, x=float("nan"))]), ["acceptance.sql", "read.sql"]),
            ("large: a window that is not sliding", one, ["read_large.sql"]),
            ("large: a correction", dict(one, arrivals=[cor(1, 10, 10)], views={"v": view("sliding", 9)}), ["read_large.sql"]),
            ("large: one id twice", dict(one, arrivals=[arr(1, 10), arr(1, 10)], views={"v": view("sliding", 9)}), ["read_large.sql"]),
            ("large: a partition", dict(one, arrivals=[arr(1, 10, part="p"), arr(2, 10, part="q")], views={"v": view("sliding", 9)}),
             ["read_large.sql"])):
        con = load([(0, st)])
        try:
            for s in scripts:
                script(con, s)
            bad += 1
            print("FAIL not refused: " + what)
        except duckdb.Error as e:
            if "reference:" not in str(e):
                bad += 1
                print("FAIL refused otherwise: %s: %s" % (what, e))
    return bad


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--streams", type=int, default=60)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--large", type=int, nargs=3, metavar=("ROWS", "READS", "KEYS"), help="time read_large.sql as well")
    args = ap.parse_args()
    bad = run_hand() + run_random(args.streams, args.seed)
    if os.path.exists(os.path.join(HERE, "read_large.sql")):
        bad += run_refusals() + run_large(20000, 4000, 20, True)
        if args.large:
            run_large(*args.large, False)
    sys.exit(1 if bad else 0)
