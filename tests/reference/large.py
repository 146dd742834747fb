"""read_large.sql: a year of one source, against the other two scripts, and what all refuse."""

import duckdb

from streams import DAY, VIEW, arr, connect, cor, fill, load, pick, rd, script, src, view

LARGE_VIEWS = {
    "h1": view("sliding", DAY // 24),
    "d1": view("sliding", DAY, current=True),
    "d7": view("sliding", 7 * DAY, key="key_b"),
    "d30": view("sliding", 30 * DAY),
}


def make_large(rows, reads, keys):
    """A year of one source, made in DuckDB from hashes; out of order, late, future and broken rows
    and nulls among them."""
    unit = 337_500_000  # a divisor of the panes, so that edges are hit
    step = 365 * DAY // rows
    step = step // unit * unit if step > unit else unit // -(-unit // step)
    con = connect()
    con.execute(
        "INSERT INTO sources VALUES (0, 's', %d, 60000000, %d, true); "
        "INSERT INTO quanta VALUES (0, 0.01)"
        % (2 * step, DAY)
    )
    fill(con, "views", [(0, name, *pick(v, VIEW)) for name, v in LARGE_VIEWS.items()])
    h = lambda salt, m: "(hash(i, %d) %% %d)::BIGINT" % (salt, m)
    con.execute(
        """INSERT INTO arrivals
        SELECT 0, i, 's', NULL, 'original', i, NULL, t,
               t + CASE %s WHEN 0 THEN -70000000 WHEN 1 THEN 3600000000 ELSE 0 END, %s = 0,
               CASE WHEN %s > 0 THEN 'c' || (sqrt(%s::DOUBLE) * %d / 1000)::BIGINT END, 'm' || %s,
               CASE WHEN %s > 0 THEN %s / 100.0 END, CASE WHEN %s > 0 THEN %s - 50 END,
               %s = 0, NULL, NULL
        FROM (SELECT i, i * %d - CASE %s WHEN 0 THEN %d WHEN 1 THEN %d WHEN 2 THEN %d ELSE 0 END
                        AS t
              FROM range(%d) r(i))"""
        % (
            h(1, 50),
            h(2, 500),
            h(3, 100),
            h(4, 1000000),
            keys,
            h(5, keys),
            h(6, 20),
            h(7, 20000),
            h(8, 20),
            h(9, 100),
            h(10, 3),
            step,
            h(11, 50),
            4 * step,
            3 * step,
            3 * step // 2,
            rows,
        )
    )
    con.execute(
        """INSERT INTO reads
        SELECT 0, i, v[1 + i %% 4], CASE WHEN i %% 4 = 2 THEN key_b ELSE key_a END, t,
                   CASE WHEN i %% 5 = 0 THEN t + 3600000000 ELSE t END,
               CASE WHEN i %% 7 = 0 THEN q - %d ELSE 9223372036854775807 END
        FROM (SELECT r.i, ['h1', 'd1', 'd7', 'd30'] AS v, (hash(r.i, 99) %% %d)::BIGINT AS q
              FROM range(%d) r(i)) z
        JOIN arrivals a ON a.seq = z.q"""
        % (rows // 100, rows, reads)
    )
    return con


def run_large(rows, reads, keys, compare):
    con = make_large(rows, reads, keys)
    dt = script(con, "read_large.sql")
    (folded,) = con.execute("SELECT sum(cnt) FROM answers").fetchone()
    bad = ""
    if compare:
        con.execute("ALTER TABLE verdicts RENAME TO v1; ALTER TABLE answers RENAME TO a1")
        script(con, "acceptance.sql")
        script(con, "read.sql")
        bad = sum(
            con.execute(
                "SELECT count(*) FROM ((FROM %s EXCEPT FROM %s) UNION ALL (FROM %s EXCEPT FROM %s))"
                % (a, b, b, a)
            ).fetchone()[0]
            for a, b in (("v1", "verdicts"), ("a1", "answers"))
        )
        bad += con.execute("SELECT abs((SELECT count(*) FROM a1) - %d)" % reads).fetchone()[0]
    tally = con.execute(
        "SELECT verdict, count(*) FROM verdicts GROUP BY 1 ORDER BY 2 DESC"
    ).fetchall()
    print(
        "large: %d arrivals %s, %d reads folding %d records, read_large.sql %.1f s%s"
        % (
            rows,
            tally,
            reads,
            folded,
            dt,
            ", %d rows differ from acceptance.sql and read.sql" % bad if compare else "",
        )
    )
    return bad or 0


def run_refusals():
    """The preconditions are errors, not wrong answers."""
    bad = 0
    one = dict(
        sources={"s": src()}, arrivals=[arr(1, 10)], views={"v": view("all")}, reads=[rd(99)]
    )
    for what, st, scripts in (
        ("3.5", dict(one, sources={"s": src(10, 0, 9)}), ["acceptance.sql"]),
        (
            "7.2 no number of quanta",
            dict(one, arrivals=[arr(1, 10, x=0.005)]),
            ["acceptance.sql", "read.sql"],
        ),
        (
            "7.2 NaN",
            dict(one, arrivals=[arr(1, 10, x=float("nan"))]),
            ["acceptance.sql", "read.sql"],
        ),
        ("large: a window that is not sliding", one, ["read_large.sql"]),
        (
            "large: a correction",
            dict(one, arrivals=[cor(1, 10, 10)], views={"v": view("sliding", 9)}),
            ["read_large.sql"],
        ),
        (
            "large: one id twice",
            dict(one, arrivals=[arr(1, 10), arr(1, 10)], views={"v": view("sliding", 9)}),
            ["read_large.sql"],
        ),
        (
            "large: a partition",
            dict(
                one,
                arrivals=[arr(1, 10, part="p"), arr(2, 10, part="q")],
                views={"v": view("sliding", 9)},
            ),
            ["read_large.sql"],
        ),
    ):
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
