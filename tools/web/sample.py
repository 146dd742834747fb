"""Projects for the page's test: one with a bit of everything a report can show, names in it that
would break a careless page, one of targets that are numbers, and one without models."""

import math
from pathlib import Path

SHOP = r"""lode: 1
project: shop
sources:
  orders:
    files: orders.csv
    columns: {at: timestamp, shop: string, amount: double, returned: int64}
    time: at
    profile: true
    contract:
      amount: {between: [0, 1000]}
      shop: {required: true}
labels:
  returned: {about: orders, value: returned = 1, known: at + hours(6)}
features:
  history:
    over: returned
    by: shop
    windows: [1d, 7d]
    values: {n: count(), returned: sum(value)}
training:
  orders:
    rows: orders
    label: returned
    columns: {amount: amount, shop: shop, past: "history[shop]"}
models:
  base:
    from: orders
    algorithm: constant
    columns: [amount]
    split: {train: ..2020-01-29, test: 2020-01-29..}
  amount:
    from: orders
    algorithm: logistic
    learning_curve: true
    columns: [amount]
    split: {train: ..2020-01-29, test: 2020-01-29.., embargo: 1d}
    compare_with: base
    seed: 9223372036854775807
    threshold: {precision: 0.4}
    fairness: [shop, amount]
  everything:
    from: orders
    algorithm: logistic
    learning_curve: true
    columns: [amount, shop, past.n_1d, past.returned_1d, past.n_7d, past.returned_7d]
    encode: {shop: {one_hot: {}}}
    split: {train: ..2020-01-29, test: 2020-01-29..}
    tune: {trials: 6}
    calibrate: auto
    threshold: {false_positive: 1, false_negative: 3}
    fairness: [shop]
    compare_with: amount
    note: 'a note with </script><img src=x onerror=alert(1)> & "quotes" in it, and a
      word_that_is_much_longer_than_any_line_of_a_telephone_and_has_nowhere_to_be_broken'
retraining:
  weekly:
    champion: amount
    every: 7d
    over: 2020-01-29..
    evidence: 14d
    challengers:
      fresh: {train: 14d}
      long_memory: {train: 28d}
      no_memory: {train: 3h}
    gate: {guards: {calibration_error: 0.2}, slices: [shop]}
scores:
  everyone: {model: everything, rows: all, since: 2020-02-01, out: [scores.csv, scores.duckdb]}
  by_the_walk: {model: weekly, rows: all, threshold: 0.5}
  waiting: {model: amount@production}
"""

BICYCLES = """lode: 1
project: bicycles
sources:
  days:
    files: days.csv
    columns: {day: timestamp, warm: double, casual: int64, registered: int64}
    time: day
    derive: {city: "'here'", rented: casual + registered}
labels:
  rentals: {about: days, value: rented, known: day + hours(24)}
features:
  before: {over: rentals, by: city, window: all, values: {rented: last(value)}}
training:
  days:
    rows: days
    label: rentals
    columns: {warm: warm, yesterday: "before[city].rented"}
  leaky:
    rows: days
    label: rentals
    columns: {warm: warm, casual: casual, registered: registered}
models:
  usual:
    from: days
    algorithm: mean
    split: {train: ..2020-08-01, test: 2020-08-01..}
  as_yesterday:
    from: days
    algorithm: no_change
    columns: [yesterday]
    split: {train: ..2020-08-01, test: 2020-08-01..}
    compare_with: usual
  boosted:
    from: days
    algorithm: {xgboost_regression: {rounds: 2, max_depth: 3}}
    split: {train: ..2020-08-01, test: 2020-08-01..}
    tune: {time: 1h, trials: 6, options: [rounds, max_depth]}
    compare_with: as_yesterday
  leaky:
    from: leaky
    algorithm: {xgboost_regression: {rounds: 40, max_depth: 3}}
    split: {train: ..2020-08-01, test: 2020-08-01..}
"""

BARE = """lode: 1
project: bare
sources:
  visits:
    files: visits.csv
    columns: {at: timestamp, page: string}
    time: at
"""


def numbers(seed: int):
    """Even numbers from 0 up to 1: Knuth's MMIX generator, the same everywhere."""
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 11) / 2**53


def write_shop(folder: Path) -> str:
    """Twelve weeks of forty orders a day; after six, a large amount means the opposite."""
    draw = numbers(5)
    lines = ["at,shop,amount,returned"]
    for day in range(84):
        month, date = divmod(day, 28)
        for i in range(40):
            amount = round(100 * next(draw), 1)
            lean = (amount - 50) / 50 * (-1 if day >= 42 else 1)
            returned = int(next(draw) < 0.5 + 0.4 * lean)
            if (day, i) in ((3, 4), (50, 7), (51, 9)):
                amount = -1
            lines.append(f"2020-{month + 1:02}-{date + 1:02} {i * 24 // 40:02}:{i:02}:00,"
                         f"{'north' if i % 2 else 'south'},{amount},{returned}")
    lines.insert(900, "2020-01-23 25:00:00,north,1,0")
    (folder / "orders.csv").write_text("\n".join(lines) + "\n")
    (folder / "lode.yaml").write_text(SHOP)
    return "shop"


def write_bicycles(folder: Path) -> str:
    """Two years of twelve months of 28 days; warm ones bring more riders of either kind."""
    draw = numbers(9)
    lines = ["day,warm,casual,registered"]
    for day in range(2 * 336):
        year, rest = divmod(day, 336)
        month, date = divmod(rest, 28)
        warm = 12 - 10 * math.cos(2 * math.pi * rest / 336) + 4 * next(draw)
        casual = int(60 + 30 * warm + 300 * next(draw))
        registered = int(1500 + 60 * warm + 800 * next(draw))
        lines.append(f"{2019 + year}-{month + 1:02}-{date + 1:02} 00:00:00,{warm:.2f},{casual},"
                     f"{registered}")
    (folder / "days.csv").write_text("\n".join(lines) + "\n")
    (folder / "lode.yaml").write_text(BICYCLES)
    return "bicycles"


def write_bare(folder: Path) -> str:
    (folder / "visits.csv").write_text("at,page\n2020-01-01 00:00:00,a\n2020-01-02 00:00:00,b\n")
    (folder / "lode.yaml").write_text(BARE)
    return "bare"
