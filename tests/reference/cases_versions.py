"""Cases by hand: versions of a row, and of its label (docs/semantics.md 4 and 5)."""

from cases import case
from streams import DAY, INF, arr, cor, rd, ret, src, view

case(
    "4.3 known <= k and seq <= s, both inclusive",
    [arr(1, 10, 50), arr(2, 11, 51)],
    "aa",
    [
        (rd(100, 49), dict(cnt=0)),
        (rd(100, 50), dict(cnt=1)),
        (rd(100, 51, 0), dict(cnt=1)),
        (rd(100, 51, 1), dict(cnt=2)),
        (rd(100, 51, -1), dict(cnt=0)),
    ],
    sources={"s": src(5)},
)
case(
    "4.2 a correction before its event stands when the event arrives",
    [cor(1, 12, 20, n=7), arr(1, 10, 10, n=1)],
    "aa",
    [
        (rd(100), dict(cnt=1, sum_n_q=7, time_since=88)),
        (rd(100, 10), dict(cnt=1, sum_n_q=1, time_since=90)),  # k: only the original is known
        (rd(100, INF, 0), dict(cnt=1, sum_n_q=7)),
    ],
)  # 4.3 a correction alone is visible
case(
    "4.2 a retraction before its event: not visible once known",
    [ret(1, 20), arr(1, 10, n=1)],
    "aa",
    [(rd(100), dict(cnt=0)), (rd(100, 19), dict(cnt=1))],
)
case(
    "4.3 by rank, not by known: the later-known older version does not win",
    [arr(1, 10, n=1), cor(1, 10, 40, n=2), cor(1, 10, 30, n=3)],
    "aaa",
    [
        (rd(100, 29), dict(sum_n_q=1)),
        (rd(100, 30), dict(sum_n_q=3)),
        (rd(100, 40), dict(sum_n_q=3)),
        (rd(100, 40, 1), dict(sum_n_q=2)),
    ],
)
case(
    "4.3 retraction and revival",
    [arr(1, 10, n=1), ret(1, 20), cor(1, 11, 30, n=2)],
    "aaa",
    [
        (rd(100, 19), dict(sum_n_q=1, cnt=1)),
        (rd(100, 20), dict(cnt=0, sum_n_q=0)),
        (rd(100, 30), dict(cnt=1, sum_n_q=2)),
    ],
)
case(
    "4.4 moved key and moved time",
    [arr(1, 10, a="k", n=1), cor(1, 50, 60, a="m", n=1)],
    "aa",
    [
        (rd(100, 59), dict(cnt=1, time_since=90)),
        (rd(100, 60), dict(cnt=0)),
        (rd(100, 60, key="m"), dict(cnt=1, time_since=50)),
        (rd(50, 60, key="m"), dict(cnt=0)),
        (rd(100, 59, key="m"), dict(cnt=0)),
    ],
)
case(
    "4.1 instances: correction to the newest begun before it; both counted",
    [arr(1, 100, n=1), arr(2, 200, a="z"), arr(1, 200, n=2), cor(1, 200, 200, n=5), ret(1, 300)],
    "aaaaa",
    [
        (rd(999, 250, 2), dict(cnt=2, sum_n_q=3)),
        (rd(999, 250, 3), dict(cnt=2, sum_n_q=6)),
        (rd(999), dict(cnt=1, sum_n_q=1)),
    ],
    sources={"s": src(10, 5, 10)},
)
case(
    "4.1 correction before any original belongs to instance 1, also when two follow",
    [cor(1, 100, 100, n=9), arr(1, 100, n=1), arr(2, 200, a="z"), arr(1, 200, n=2)],
    "aaaa",
    [(rd(999), dict(cnt=2, sum_n_q=11))],
    sources={"s": src(10, 5, 10)},
)


L = {"v": view("all", over="label")}
case(
    "5.1 known of the label: larger of the expression and the row's known; tau is it",
    [arr(1, 10, lv=1, lk=30), arr(2, 20, 40, lv=2, lk=30)],
    "aa",
    [
        (rd(100, 29), dict(cnt=0)),
        (rd(100, 30), dict(cnt=1, sum_v_q=1, time_since=70)),
        (rd(100, 39), dict(cnt=1)),
        (rd(100, 40), dict(cnt=2, sum_v_q=3, time_since=60)),
        (rd(40), dict(cnt=1)),
        (rd(30), dict(cnt=0)),
    ],
    views=L,
)
case(
    "5.1 null known: never; null value: not visible, 0 is a value",
    [arr(1, 10, lv=1), arr(2, 10, lv=None, lk=10), arr(3, 10, lv=0, lk=10)],
    "aaa",
    [(rd(100), dict(cnt=1, cnt_nn_v=1, sum_v_q=0, min_v=0, distinct_v=1))],
    views=L,
)
case(
    "5.2 relabelling: reversal moves value and time; before its known time the old stands",
    [arr(1, 10, lv=1, lk=20), cor(1, 10, 50, lv=0, lk=20)],
    "aa",
    [
        (rd(100, 49), dict(cnt=1, sum_v_q=1, time_since=80)),
        (rd(100, 50), dict(cnt=1, sum_v_q=0, time_since=50)),
        (rd(100, 99, 0), dict(cnt=1, sum_v_q=1)),
    ],
    views=L,
)
case(
    "5.1/5.2 a newer version with a null value takes the label away; with a null known the old one "
    "stands",
    [
        arr(1, 10, lv=1, lk=20),
        cor(1, 10, 50, lv=None, lk=20),
        arr(2, 10, lv=4, lk=20),
        cor(2, 10, 50, lv=7),
    ],
    "aaaa",
    [(rd(100, 49), dict(cnt=2, sum_v_q=5)), (rd(100, 50), dict(cnt=1, sum_v_q=4))],
    views=L,
)
case(
    "5.2 the label of a retracted row counts nowhere; revived it is back",
    [arr(1, 10, lv=1, lk=20), ret(1, 50), cor(1, 11, 60, lv=2, lk=80)],
    "aaa",
    [
        (rd(100, 49), dict(cnt=1)),
        (rd(100, 50), dict(cnt=0)),
        (rd(100, 60), dict(cnt=1, sum_v_q=1, time_since=80)),
        (rd(100, 80), dict(cnt=1, sum_v_q=2, time_since=20)),
    ],
    views=L,
)
case(
    "5.3 keys and columns from the row's visible version, value and time from the label's",
    [arr(1, 10, a="k", n=1, lv=1, lk=20), cor(1, 10, 30, a="m", n=2, lv=5, lk=70)],
    "aa",
    [
        (rd(100, 29), dict(cnt=1, sum_n_q=1)),
        (rd(100, 30), dict(cnt=0)),
        (rd(100, 30, key="m"), dict(cnt=1, sum_n_q=2, sum_v_q=1, time_since=80)),
        (rd(100, 70, key="m"), dict(cnt=1, sum_n_q=2, sum_v_q=5, time_since=30)),
    ],
    views=L,
)
case(
    "5.4 a label known long ago is not late",
    [arr(1, 100, lv=1, lk=200), arr(2, 100, lv=2, lk=100)],
    "aa",
    [(rd(150), dict(cnt=1, sum_v_q=2))],
    views=L,
)
