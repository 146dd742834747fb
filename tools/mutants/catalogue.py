"""The named mutants: the mistakes a point-in-time system is built not to make, each as the smallest
patch of the shipped source that makes it.

`old` must stand in `file` exactly once; mutants_test.py holds that, so a change of the source that
moves a mutant is seen at once. `expected` is a regular expression over CTest names: these tests are
run first and one of them should be what kills the mutant."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    old: str
    new: str
    meaning: str
    expected: str = ""
    at: int = -1  # where `old` stands, for machine-made ones; -1: it is to be found, once
    line: int = 0


class Stale(Exception):
    """A mutant that no longer fits the source, as a sentence that says what to do."""


def place_of(mutant: Mutant, text: str) -> int:
    """Where the patch goes in `text`, the present content of mutant.file."""
    if mutant.at >= 0:
        if not text.startswith(mutant.old, mutant.at):
            raise Stale(f"{mutant.name}: {mutant.file} changed while mutants were made; run again")
        return mutant.at
    count = text.count(mutant.old)
    if count != 1:
        raise Stale(f"{mutant.name}: the text to replace stands {count} times in {mutant.file}, "
                    f"once is wanted: {mutant.old!r}. Adapt tools/mutants/catalogue.py")
    return text.index(mutant.old)


def mutated(mutant: Mutant, text: str) -> str:
    at = place_of(mutant, text)
    return text[:at] + mutant.new + text[at + len(mutant.old):]


NAMED = [
    Mutant("window-edge", "src/features/key_window.cc",
           "? saturating_add(saturating_subtract(t0, edges.width), 1)",
           "? saturating_subtract(t0, edges.width)",
           "a sliding window is closed below: a record exactly W old is in it (semantics 6.4)",
           r"features\..*KeyStateProperties\.AnyOrder"),
    Mutant("tie-order", "src/features/layout.h",
           "return text_ids ? texts->text(a.id) < texts->text(b.id) : a.id < b.id;",
           "return text_ids ? texts->text(a.id) < texts->text(b.id) : a.seq < b.seq;",
           "records of one time fold in order of arrival, not of id (semantics 6.3)",
           r"features\..*KeyStateProperties\.AnyOrder"),
    Mutant("label-known", "src/features/facts.cc",
           "known_column.is_null(i) ? kForever : std::max(known_column.int64(i), "
           "own_known->int64(i));",
           "known_column.is_null(i) ? kForever : own_known->int64(i);",
           "a label counts from when its row is known, before it can be known (semantics 5.1)",
           r"agreement\.Batches/.*/0"),
    Mutant("seq-cut", "src/features/versions.cc",
           "columns.seq->int64(row) <= cut", "columns.seq->int64(row) <= cut + 1",
           "a read sees one arrival past its cut (semantics 4.3)",
           r"agreement\.Batches/.*/0"),
    Mutant("eviction", "src/features/key_room.cc",
           "return first_at_or_after(layout, w.lowest(settled));",
           "return first_at_or_after(layout, w.lowest(settled) + 1);",
           "a record that the oldest read still sees is let go (semantics 6.4)",
           r"features\..*(SettlingForgetsNothing|KeyCells|KeyMerge)"),
    Mutant("dedup-span", "src/ingest/acceptance.cc",
           "original->second.t >= saturating_subtract(*latest, rules_.dedup_span.us)",
           "original->second.t > saturating_subtract(*latest, rules_.dedup_span.us)",
           "a repeated id at the very edge of the dedup span is a new record (semantics 3.3)",
           r"ingest\.Acceptance\."),
    Mutant("pane-edge", "src/features/layout.cc",
           "return floor_divide(time - 1, window.width.us / 256);",
           "return floor_divide(time, window.width.us / 256);",
           "panes are closed below and open above (semantics 6.4)",
           r"features\..*Eviction\.FoldedEdges"),
    Mutant("embargo", "src/judge/split.cc",
           "} else if (times[i] >= embargo_begin) {", "} else if (times[i] > embargo_begin) {",
           "a training row at the first instant of the embargo is fitted on",
           r"judge\.TimeSplit\."),
    Mutant("encoder-on-all-rows", "src/orchestrate/model_run.cc",
           "TRY(encoded_, recipe_.encode(rows.train));",
           "std::vector<std::int64_t> all = rows.train;\n"
           "    all.insert(all.end(), rows.test.begin(), rows.test.end());\n"
           "    TRY(EncodedRows seen, recipe_.encode(all));\n"
           "    TRY(encoded_, recipe_.encode(rows.train));\n"
           "    encoded_.encoders = std::move(seen.encoders);",
           "encoders are fitted on test rows and their targets too (semantics 9.1)",
           r"orchestrate\.ModelRun\."),
    Mutant("bootstrap-by-row", "src/orchestrate/row_splitter.cc",
           "return blocks_by_day(times);", "return block_per_row(times.size());",
           "intervals take the rows of one day for independent",
           r"orchestrate\.ModelRun\."),
    Mutant("unseen-to-the-left", "src/features/encoders/ordinal.cc",
           "std::int32_t code = level < 0 ? 0 : code_[static_cast<std::size_t>(level)];",
           "std::int32_t code = level < 0 ? static_cast<std::int32_t>(names_.size())\n"
           "                               : code_[static_cast<std::size_t>(level)];",
           "an unseen level gets a code no split names, so every tree sends it left untrained "
           "(semantics 9.2)",
           r"features\.Encoder\."),
    Mutant("wrapped-sum", "src/features/running_parts.h",
           "  std::memcpy(&sum, word, sizeof sum);\n  sum += value;",
           "  std::memcpy(&sum, word, sizeof sum);\n"
           "  sum = static_cast<std::int64_t>(sum + value);",
           "sums wrap at 64 bits (semantics 7.2)",
           r"features\..*KeyStateProperties\.AnyOrder"),
]
