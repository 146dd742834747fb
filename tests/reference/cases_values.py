"""Cases by hand: values (docs/semantics.md 7)."""

from cases import case
from streams import DAY, INF, arr, cor, rd, ret, src, view

case(
    "7.1 nulls: counted, not summed; first/last of the record; every x null",
    [arr(1, 10, x=None, n=5), arr(2, 20, x=-1.5, n=5), arr(3, 30, x=0.29, n=None, b=True)],
    "aaa",
    [
        (
            rd(99),
            dict(
                cnt=3,
                cnt_nn_x=2,
                sum_x_q=-121,
                sumsq_x_q=str(150**2 + 29**2),
                min_x=-1.5,
                max_x=0.29,
                first_x=None,
                last_x=0.29,
                distinct_x=2,
                cnt_nn_n=2,
                sum_n_q=10,
                first_n=5,
                last_n=None,
                distinct_n=1,
                min_b=1,
                max_b=1,
                first_b=None,
                last_b=True,
                sum_b_q=1,
                sumsq_b_q="1",
                distinct_b=1,
                time_since=69,
                cnt_nn_v=None,
            ),
        ),
        (rd(20), dict(cnt=1, cnt_nn_x=0, sum_x_q=0, min_x=None, distinct_x=0, time_since=10)),
    ],
)
case(
    "7.2 sums beyond 63 and squares beyond 128 bits",
    [arr(i, 10, n=-(2**63)) for i in range(5)],
    "aaaaa",
    [(rd(99), dict(sum_n_q=-5 * 2**63, sumsq_n_q=str(5 * 2**126)))],
)
case(
    "7.2 quanta that binary division would miss: 0.57 is 57, 1.13 is 113",
    [arr(1, 10, x=0.57), arr(2, 10, x=1.13), arr(3, 10, x=-4.35)],
    "aaa",
    [(rd(99), dict(sum_x_q=57 + 113 - 435))],
)
case(
    "7.5 distinct over all: at the limit fine, above it over limit; other windows have none; null "
    "is no value",
    [arr(i, i, n=i, x=float(min(i, 2))) for i in range(1, 5)] + [arr(9, 9)],
    "aaaaa",
    [
        (rd(4), dict(distinct_n=3, over_limit_n=False)),
        (rd(99), dict(distinct_n=None, over_limit_n=True, distinct_x=2, over_limit_x=False)),
        (rd(99, view="w"), dict(distinct_n=4, over_limit_n=False)),
    ],
    views={"v": view("all", limit=3), "w": view("last", last_n=9, limit=3)},
)
case(
    "7.6 -0.0 and 0.0 are one value",
    [arr(1, 10, x=-0.0), arr(2, 10, x=0.0)],
    "aa",
    [(rd(99), dict(distinct_x=1, min_x=0.0, sum_x_q=0))],
)
