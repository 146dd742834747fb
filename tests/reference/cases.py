"""The hand-made cases: each with the sentence of docs/semantics.md it tests."""

from streams import src, view

CASES = []


def case(what, arrivals, verdicts=None, reads=(), sources=None, views=None):
    """reads: pairs (read, {column: expected}).
    verdicts: first letters d(uplicate) c(onflict) f l a b."""
    CASES.append(
        dict(
            what=what,
            verdicts=verdicts,
            expect=[e for _, e in reads],
            stream=dict(
                sources=sources or {"s": src()},
                arrivals=arrivals,
                views=views or {"v": view("all")},
                reads=[r for r, _ in reads],
            ),
        )
    )
