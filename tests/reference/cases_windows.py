"""Cases by hand: keys, order and windows (docs/semantics.md 6)."""

from cases import case
from streams import DAY, INF, arr, cor, rd, ret, src, view

W = 100
case(
    "6.4 sliding: t0-W < t < t0",
    [arr(i, t) for i, t in enumerate((0, 1, 99, 100))],
    "aaaa",
    [(rd(100), dict(cnt=2)), (rd(101, key="k"), dict(cnt=2)), (rd(100, view="c"), dict(cnt=3))],
    views={"v": view("sliding", W), "c": view("sliding", W, current=True)},
)
# W = 24 h is not paned; W = 24 h + 1: P = floor(86400000001/256) = 337500000,
# t0-W = 337500000+5 -> edge 337500000
W1 = DAY + 1
P = 337_500_000
case(
    "6.4 paned: W just above 24 h; strict at the pane's edge; exact is not paned; 24 h is not "
    "paned",
    [arr(1, P), arr(2, P + 1), arr(3, P + 5), arr(4, P + 6), arr(5, P + 7)],
    "aaaaa",
    [
        (rd(P + 5 + W1), dict(cnt=4)),
        (rd(P + 5 + W1, view="x"), dict(cnt=2)),
        (rd(P + 5 + DAY, view="d"), dict(cnt=2)),
        (rd(2 * P - 1 + W1), dict(cnt=4)),
        (rd(2 * P + W1), dict(cnt=0)),
    ],
    views={
        "v": view("sliding", W1),
        "x": view("sliding", W1, exact=True),
        "d": view("sliding", DAY),
    },
)
# t0-W = -1 -> floor(-1/P)*P = -P
case(
    "6.4 paned before 1970: floor is toward minus infinity",
    [arr(1, -P), arr(2, -P + 1), arr(3, -1)],
    "aaa",
    [(rd(-1 + W1), dict(cnt=2)), (rd(0 + W1), dict(cnt=0))],
    views={"v": view("sliding", W1)},
)
case(
    "6.4 tumbling: start is in, its own start is empty, include_current takes it",
    [arr(1, 199), arr(2, 200), arr(3, 299)],
    "aaa",
    [
        (rd(200), dict(cnt=0, min_n=None)),
        (rd(200, view="c"), dict(cnt=1)),
        (rd(201), dict(cnt=1)),
        (rd(299), dict(cnt=1)),
        (rd(299, view="c"), dict(cnt=2)),
        (rd(300), dict(cnt=0)),
        (rd(199, view="c"), dict(cnt=1)),
    ],
    views={"v": view("tumbling", W), "c": view("tumbling", W, current=True)},
)
case(
    "6.4 tumbling before 1970: [-100, 0)",
    [arr(1, -101), arr(2, -100), arr(3, -1)],
    "aaa",
    [
        (rd(-1), dict(cnt=1)),
        (rd(-1, view="c"), dict(cnt=2)),
        (rd(0), dict(cnt=0)),
        (rd(-100), dict(cnt=0)),
    ],
    views={"v": view("tumbling", W), "c": view("tumbling", W, current=True)},
)
case(
    "6.3/6.4 last n with ties: by id as a number; upper edge first; other keys do not count",
    [arr(10, 50, n=1), arr(9, 50, n=2), arr(2, 50, n=4), arr(11, 50, n=8, a="z"), arr(1, 60, n=16)],
    "aaaaa",
    [
        (rd(60), dict(cnt=2, sum_n_q=3, first_n=2, last_n=1)),
        (rd(61), dict(cnt=2, sum_n_q=17, first_n=1, last_n=16)),
        (rd(60, view="c"), dict(sum_n_q=17)),
        (rd(50), dict(cnt=0)),
        (rd(60, view="w"), dict(cnt=3)),
    ],
    views={
        "v": view("last", last_n=2),
        "c": view("last", last_n=2, current=True),
        "w": view("last", last_n=9),
    },
)
case(
    "6.3 ties of string ids by bytes: 'B' < 'a' < 'b'; '10' < '9'",
    [arr("a", 50, n=1), arr("B", 50, n=2), arr("9", 50, n=3), arr("10", 50, n=4)],
    "aaaa",
    [(rd(60), dict(cnt=2, first_n=2, last_n=1)), (rd(60, view="w"), dict(cnt=4, first_n=4))],
    views={"v": view("last", last_n=2), "w": view("all")},
)
case(
    "6.3 bytes, not collation: z < e-acute",
    [arr("\u00e9", 50, n=1), arr("z", 50, n=2)],
    "aa",
    [(rd(60), dict(first_n=2, last_n=1))],
)
case(
    "6.3 ties of one id by instance; one t, two instances",
    [arr(1, 100, n=1), arr(2, 111), cor(1, 111, 111, n=3), arr(1, 111, n=2)],
    "aaaa",
    [
        (
            rd(999),
            dict(cnt=3, first_n=3, last_n=None),
        ),  # at 111: id 1 instance 1, id 1 instance 2, id 2
        (rd(999, view="w"), dict(cnt=2, first_n=2, last_n=None)),
    ],
    sources={"s": src(10, 5, 10)},
    views={"v": view("all"), "w": view("last", last_n=2)},
)
case(
    "6.2 null keys: record in no fold; read of null and of an unseen key is empty; '' is a key",
    [arr(1, 10, a=None, n=1), arr(2, 10, a="", n=2)],
    "aa",
    [
        (
            rd(99, key=None),
            dict(
                cnt=0,
                sum_n_q=0,
                min_n=None,
                first_n=None,
                distinct_n=0,
                time_since=None,
                sumsq_n_q="0",
            ),
        ),
        (
            rd(99, key="nobody"),
            dict(
                cnt=0,
                cnt_nn_x=0,
                sum_x_q=0,
                max_x=None,
                last_x=None,
                time_since=None,
                over_limit_x=False,
            ),
        ),
        (rd(99, key=""), dict(cnt=1, sum_n_q=2)),
    ],
)
case(
    "6.1 the other key column",
    [arr(1, 10, a="k", kb="m", n=1), arr(2, 10, a="m", kb="k", n=2)],
    "aa",
    [(rd(99, key="m"), dict(cnt=1, sum_n_q=1))],
    views={"v": view("all", key="key_b")},
)
case(
    "6.1 another source's records are not in",
    [arr(1, 10), arr(1, 10, source="u")],
    "aa",
    [(rd(99), dict(cnt=1))],
    sources={"s": src(), "u": src()},
)
