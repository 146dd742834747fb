"""What the reference in SQL is given and gives: streams of arrivals with views and reads as Python
values, put into its tables, and its verdicts and answers read back."""

import os
import time

import duckdb

HERE = os.path.dirname(os.path.abspath(__file__))
DAY = 86_400_000_000
INF = 2**63 - 1

SCHEMA = """
CREATE TABLE sources(stream BIGINT, source VARCHAR, allowed_lateness BIGINT, max_ahead BIGINT,
    dedup_span BIGINT, id_is_position BOOLEAN);
CREATE TABLE arrivals(stream BIGINT, seq BIGINT, source VARCHAR, part VARCHAR, kind VARCHAR,
    id_n BIGINT, id_s VARCHAR, t BIGINT, known BIGINT, broken BOOLEAN, key_a VARCHAR,
    key_b VARCHAR, x DOUBLE, n BIGINT, b BOOLEAN, label_value BIGINT, label_known BIGINT);
CREATE TABLE quanta(stream BIGINT, x_quantum DOUBLE);
CREATE TABLE views(stream BIGINT, view VARCHAR, over_kind VARCHAR, source VARCHAR,
    key_col VARCHAR, window_kind VARCHAR, w BIGINT, exact BOOLEAN, last_n BIGINT,
    include_current BOOLEAN, distinct_limit BIGINT);
CREATE TABLE reads(stream BIGINT, read_no BIGINT, view VARCHAR, key VARCHAR, t0 BIGINT,
    k BIGINT, s BIGINT);
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
        con.execute(
            "INSERT INTO %s VALUES %s"
            % (table, ",".join("(" + ",".join(map(lit, r)) + ")" for r in rows[i : i + 2000]))
        )


# A stream is a dict: sources {name: (lateness, ahead, span)}, arrivals [dict],
# views {name: dict}, reads [dict]. The dicts' keys, in the order of the tables' columns:
ARRIVAL = (
    *("source", "part", "kind", "id_n", "id_s", "t", "known", "broken"),
    *("key_a", "key_b", "x", "n", "b", "lv", "lk"),
)
VIEW = ("over", "source", "key", "window", "w", "exact", "last_n", "current", "limit")
READ = ("view", "key", "t0", "k", "s")


def pick(row, keys):
    return tuple(row[key] for key in keys)


def changed(row, options):
    assert options.keys() <= row.keys(), options.keys() - row.keys()
    return row | options


def src(lateness=0, ahead=300_000_000, span=DAY):
    return (lateness, ahead, span)


def arr(id, t, known=None, kind="original", a="k", kb=None, **columns):
    row = dict.fromkeys(("part", "x", "n", "b", "lv", "lk")) | dict(source="s", broken=False)
    row |= dict(id=id, kind=kind, t=t, known=t if known is None else known)
    row |= dict(key_a=None if kind == "retraction" else a, key_b=kb)
    return changed(row, columns)


def cor(id, t, known, **kw):
    return arr(id, t, known, "correction", **kw)


def ret(id, known, t=None, **kw):
    return arr(id, t, known, "retraction", **kw)


def view(window, w=None, **options):
    row = dict(over="source", source="s", key="key_a", exact=False, current=False)
    return changed(row | dict(window=window, w=w, last_n=None, limit=None), options)


def rd(t0, k=INF, s=INF, key="k", view="v"):
    return dict(view=view, key=key, t0=t0, k=k, s=s)


def arrival_row(r):
    text = isinstance(r["id"], str)
    return pick(r | dict(id_n=None if text else r["id"], id_s=r["id"] if text else None), ARRIVAL)


def connect():
    con = duckdb.connect(config={"threads": 2, "memory_limit": "4GB"})
    con.execute(SCHEMA)
    return con


def load(streams, quantum=0.01):
    con = connect()
    tables = {name: [] for name in ("sources", "arrivals", "views", "reads", "quanta")}
    for no, st in streams:
        tables["sources"] += [(no, name, *rules, False) for name, rules in st["sources"].items()]
        tables["arrivals"] += [(no, q, *arrival_row(r)) for q, r in enumerate(st["arrivals"])]
        tables["views"] += [(no, name, *pick(v, VIEW)) for name, v in st["views"].items()]
        tables["reads"] += [(no, i, *pick(r, READ)) for i, r in enumerate(st["reads"])]
        tables["quanta"].append((no, quantum))
    for table, rows in tables.items():
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
