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
# views {name: dict}, reads [dict].


def src(lateness=0, ahead=300_000_000, span=DAY):
    return (lateness, ahead, span)


def arr(
    id,
    t,
    known=None,
    kind="original",
    source="s",
    part=None,
    broken=False,
    a="k",
    kb=None,
    x=None,
    n=None,
    b=None,
    lv=None,
    lk=None,
):
    if kind == "retraction":
        a = None
    return dict(
        source=source,
        part=part,
        kind=kind,
        id=id,
        t=t,
        known=t if known is None else known,
        broken=broken,
        key_a=a,
        key_b=kb,
        x=x,
        n=n,
        b=b,
        lv=lv,
        lk=lk,
    )


def cor(id, t, known, **kw):
    return arr(id, t, known, "correction", **kw)


def ret(id, known, t=None, **kw):
    return arr(id, t, known, "retraction", **kw)


def view(
    window,
    w=None,
    over="source",
    source="s",
    key="key_a",
    exact=False,
    last_n=None,
    current=False,
    limit=None,
):
    return dict(
        over=over,
        source=source,
        key=key,
        window=window,
        w=w,
        exact=exact,
        last_n=last_n,
        current=current,
        limit=limit,
    )


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
            A.append(
                (
                    no,
                    q,
                    r["source"],
                    r["part"],
                    r["kind"],
                    r["id"] if num else None,
                    None if num else r["id"],
                    r["t"],
                    r["known"],
                    r["broken"],
                    r["key_a"],
                    r["key_b"],
                    r["x"],
                    r["n"],
                    r["b"],
                    r["lv"],
                    r["lk"],
                )
            )
        V += [
            (
                no,
                name,
                v["over"],
                v["source"],
                v["key"],
                v["window"],
                v["w"],
                v["exact"],
                v["last_n"],
                v["current"],
                v["limit"],
            )
            for name, v in st["views"].items()
        ]
        R += [
            (no, i, r["view"], r["key"], r["t0"], r["k"], r["s"]) for i, r in enumerate(st["reads"])
        ]
    for table, rows in (
        ("sources", S),
        ("arrivals", A),
        ("views", V),
        ("reads", R),
        ("quanta", [(no, quantum) for no, _ in streams]),
    ):
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
