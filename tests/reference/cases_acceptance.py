"""Cases by hand: what is accepted, and which arrival counts (docs/semantics.md 2.4 and 3)."""

from cases import case
from streams import DAY, INF, arr, cor, rd, ret, src, view

case(
    "3.1.3 late is strict: M=100, lateness 10; 90 is in, 89 late",
    [arr(1, 100), arr(2, 90), arr(3, 89), arr(4, 100)],
    "aala",
    sources={"s": src(10)},
)
case(
    "3.1.3 nothing is late in an empty partition; partitions have their own M",
    [arr(1, 100, part="p"), arr(2, 5, part="q"), arr(3, 5, part="p"), arr(4, 4, part="q")],
    "aall",
)
case(
    "3.1.2 future is strict: ahead 5; t = known+5 in, known+6 future, and moves no M (3.2)",
    [arr(1, 105, 100), arr(2, 106, 100), arr(3, 105, 106)],
    "afa",
    sources={"s": src(0, 5)},
)
case(
    "3.1 order: a future duplicate is a duplicate; a late conflict a conflict; a future late row "
    "future",
    [arr(1, 10, 10, n=1), arr(1, 10, 0, n=1), arr(2, 50), arr(1, 10, n=2), arr(3, 20, 0)],
    "adacf",
    sources={"s": src(0, 5)},
)
case(
    "3.3 span edge: M=110, span 10; e at 100 compared, e at 99 not",
    [arr(1, 100, n=1), arr(2, 99, n=1), arr(3, 110), arr(1, 110, n=2), arr(2, 110, n=2)],
    "aaaca",
    sources={"s": src(10, 5, 10)},
)
case(
    "3.3 identical but beyond the span is not a duplicate (here late)",
    [arr(1, 99), arr(2, 110), arr(1, 99)],
    "aal",
    sources={"s": src(10, 5, 10)},
)
case(
    "3.3 e over all partitions; M of the newcomer's: empty is minus infinity",
    [
        arr(1, 5, part="p"),
        arr(2, 1000, part="p"),
        arr(1, 900, part="q"),
        arr(3, 1000, part="q"),
        arr(1, 1000, part="q"),
    ],
    "aacaa",
    sources={"s": src(10, 5, 10)},
)
case(
    "3.3 only accepted count: e is the first row, not the conflict",
    [arr(1, 10, n=1), arr(1, 10, n=2), arr(1, 10, n=1), arr(1, 10, n=2)],
    "acdc",
)
case(
    "3.3 null equals null, -0.0 equals 0.0, null is not 0; known is not compared; t is",
    [
        arr(1, 10, x=0.0),
        arr(1, 10, 77, x=-0.0),
        arr(1, 10, x=None),
        arr(2, 10),
        arr(2, 10),
        arr(2, 11),
    ],
    "adcadc",
)
for c in ("t", "a", "kb", "x", "n", "b"):
    one = dict(t=10, a="k", kb="m", x=1.0, n=1, b=True)
    for other in [None, {"t": 9, "a": "z", "kb": "z", "x": 2.0, "n": 2, "b": False}[c]]:
        if (c, other) != ("t", None):
            two = dict(one, **{c: other})
            case(
                "3.3/3.4 compares %s, %r" % (c, other),
                [
                    arr(1, **one),
                    arr(1, **two),
                    cor(2, known=10, **one),
                    cor(2, known=10, **two),
                    cor(2, known=10, **two),
                ],
                "acaad",
            )
case(
    "3.3 ids are of a source",
    [arr(1, 10), arr(1, 10, source="u")],
    "aa",
    sources={"s": src(), "u": src()},
)
case("3.3 string ids, case matters", [arr("a", 10), arr("A", 10), arr("a", 10)], "aad")
case(
    "3.3 newest original: after a second instance the first is not compared",
    [arr(1, 100, n=1), arr(2, 200), arr(1, 200, n=2), arr(1, 200, n=2), arr(1, 100, n=1)],
    "aaadc",
    sources={"s": src(10, 5, 10)},
)
case(
    "3.4 corrections: same twice is duplicate, change back is not, never late, can be future",
    [
        arr(1, 100),
        cor(1, 1, 100, n=1),
        cor(1, 1, 101, n=1),
        cor(1, 1, 102, n=2),
        cor(1, 1, 103, n=1),
        cor(1, 109, 103),
    ],
    "aadaaf",
    sources={"s": src(0, 5)},
)
case(
    "3.4 retractions: twice is a duplicate unless a correction lies between; never future",
    [arr(1, 100), ret(1, 100), ret(1, 200), cor(1, 100, 200), ret(1, 200), ret(2, 0, t=10**9)],
    "aadaaa",
)
case(
    "3.4 correction, retraction, same correction: accepted; no span for corrections",
    [cor(1, 1, 5), arr(2, 10**15), cor(1, 1, 6), ret(1, 7), cor(1, 1, 8)],
    "aadaa",
)
case("3.2 corrections move no M", [arr(1, 10), cor(1, 500, 500), arr(2, 10)], "aaa")
case("3.2 a conflict moves no M", [arr(1, 10), arr(1, 500), arr(2, 10)], "aca")
case(
    "2.4 a broken row makes no id known and moves no M",
    [arr(1, 500, broken=True), arr(1, 10), arr(1, 10)],
    "bad",
    [(rd(20), dict(cnt=1))],
)
