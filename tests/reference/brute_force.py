"""Verdicts and answers of a stream, by brute force and by the letter of docs/semantics.md."""

from fractions import Fraction


def judge(st):
    """One arrival after another, as 3.1 says it."""
    out, marks, newest_original, newest_change = [], {}, {}, {}
    for q, r in enumerate(st["arrivals"]):
        if r["broken"]:
            out.append("broken")
            continue
        lateness, ahead, span = st["sources"][r["source"]]
        row = (
            r["t"],
            r["key_a"],
            r["key_b"],
            r["x"],
            r["n"],
            r["b"],
        )  # python: -0.0 == 0.0, None == None
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
            if (
                i in newest_change
                and newest_change[i][0] == r["kind"]
                and (r["kind"] == "retraction" or newest_change[i][1] == row)
            ):
                v = "duplicate"
            elif r["kind"] == "correction" and r["t"] > r["known"] + ahead:
                v = "future"
            else:
                v = "accepted"
                newest_change[i] = (r["kind"], row)
        out.append(v)
    return out


def instances(st, verdicts):
    """source -> list of (id, instance no, versions [(seq, row)], of ascending rank)."""
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
                if (
                    r["kind"] != "retraction"
                    and r["lk"] is not None
                    and max(r["lk"], r["known"]) <= k
                    and q <= s
                ):
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
                edge = edge // pane * pane  # python floors
            if tau <= edge:
                continue
        if view["window"] == "tumbling" and tau < t0 // w * w:
            continue
        key = id.encode() if isinstance(id, str) else id
        found.append(((tau, key, no), row, value))
    found.sort(key=lambda f: f[0])
    if view["window"] == "last":
        found = found[-view["last_n"] :]
    return found


def answer(found, view, t0):
    a = dict(cnt=len(found), time_since=t0 - found[-1][0][0] if found else None)
    for c in "xnbv":
        if c == "v" and view["over"] == "source":
            a.update(
                {
                    n: None
                    for n in (
                        "cnt_nn_v",
                        "sum_v_q",
                        "sumsq_v_q",
                        "min_v",
                        "max_v",
                        "first_v",
                        "last_v",
                        "distinct_v",
                        "over_limit_v",
                    )
                }
            )
            continue
        xs = [f[2] if c == "v" else f[1][c] for f in found]
        nn = [x for x in xs if x is not None]
        qs = [round(Fraction(repr(x)) * 100) if c == "x" else int(x) for x in nn]
        over = view["window"] == "all" and len(set(nn)) > (
            10000 if view["limit"] is None else view["limit"]
        )
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
