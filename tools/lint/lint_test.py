#!/usr/bin/env python3
"""Each rule finds what it is for, at its line, and leaves alone what is right."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import house  # noqa: E402
import rules  # noqa: E402
from source import Source  # noqa: E402

COMMENT = "// What this is for, in a sentence that is long enough, and another.\n"
HEADER = COMMENT + "#pragma once\n"


def found(rule, files: dict) -> list:
    """(path, line) of what one rule finds."""
    return sorted((p.path, p.line) for p in rule(rules.Tree(files)))


class Reading(unittest.TestCase):
    def test_comments_and_strings_are_no_code(self):
        text = 'int x = 1\'000; // log(2)\nauto s = "log(3)"; /* exp(\n4) */ y;\n'
        source = Source("src/a.cc", text)
        self.assertNotIn("log", source.code)
        self.assertNotIn("exp", source.code)
        self.assertIn("1'000", source.code)
        self.assertIn("y;", source.code)
        self.assertEqual([line for line, _ in source.comments], [1, 2])
        self.assertEqual(source.code.count("\n"), source.text.count("\n"))

    def test_raw_strings(self):
        source = Source("src/a.cc", 'auto a = R"(one " // two\nthree)"; int b;\n')
        self.assertEqual(source.raw_lines, {1, 2})
        self.assertIn("int b;", source.code)
        self.assertNotIn("three", source.code)

    def test_includes_in_comments_do_not_count(self):
        source = Source("src/a.cc", '#include "base/error.h"\n/*\n#include "base/file.h"\n*/\n')
        self.assertEqual(source.includes, [(1, '"', "base/error.h")])

    def blocks(self, code: str) -> list:
        return [(b.kind, b.name, b.line, b.end) for b in Source("src/a.cc", code).blocks]

    def test_functions_types_and_namespaces(self):
        code = """namespace lode {
namespace {
struct A final : B<int> {
  int f() const override { return 1; }
};
}  // namespace
Result<int> g(int a,
              int b) {
  if (a) {
    return b;
  }
  auto h = [] { return 2; };
}
}
"""
        self.assertEqual(self.blocks(code), [
            ("namespace", "lode", 1, 14), ("namespace", "", 2, 6), ("type", "A", 3, 5),
            ("function", "f", 4, 4), ("function", "g", 8, 13)])

    def test_constructors_with_initialisers_of_braces(self):
        code = "Foo::Foo(int a)\n    : a_(a), b_{1}, c_{\n2} {\n  run();\n}\nint x = 3;\n"
        self.assertEqual(self.blocks(code), [("function", "Foo::Foo", 3, 5)])

    def test_tables_are_no_functions(self):
        self.assertEqual(self.blocks("constexpr int kTable[] = {f(1),\n 2};\nint a{g(1)};\n"), [])
        self.assertEqual(self.blocks("enum class Kind : std::uint8_t { kA };\n"),
                         [("type", "Kind", 1, 1)])
        self.assertEqual(self.blocks("class alignas(64) Counter {};\n"),
                         [("type", "Counter", 1, 1)])

    def test_macros_with_braces_do_not_count(self):
        code = "#define A(x) \\\n  do { x\nint f() {\n}\n"
        self.assertEqual(self.blocks(code), [("function", "f", 3, 4)])


class Layers(unittest.TestCase):
    def test_up_is_refused_and_down_is_not(self):
        files = {
            "src/table/a.cc": '#include "base/error.h"\n#include <vector>\n#include "mine/m.h"\n',
            "src/mine/b.cc": '#include "table/a.h"\n#include "mine/c.h"\n',
        }
        self.assertEqual(found(rules.layers, files), [("src/table/a.cc", 3)])

    def test_paths_begin_at_src(self):
        files = {"src/base/a.cc": '#include "../table/b.h"\n#include "tests/c.h"\n'}
        self.assertEqual(found(rules.layers, files), [("src/base/a.cc", 1), ("src/base/a.cc", 2)])

    def test_unknown_station(self):
        self.assertEqual(found(rules.layers, {"src/attic/a.cc": ""}), [("src/attic/a.cc", 1)])

    def test_stations_are_built(self):
        files = {"CMakeLists.txt": "x\nset(LODE_STATIONS base\n  table)\n", "src/base/a.cc": "",
                 "src/mine/b.cc": "", "src/serve/only.h": ""}
        self.assertEqual(found(rules.stations_built, files), [("CMakeLists.txt", 2)])


class HeavyHeaders(unittest.TestCase):
    def test_only_in_sources(self):
        include = "#include <re2/re2.h>\n"
        files = {"src/table/a.h": include, "src/table/b.cc": include}
        self.assertEqual(found(rules.heavy_headers, files), [("src/table/a.h", 1)])

    def test_only_so_many(self):
        files = {f"src/base/{n}.cc": "\n#include <re2/re2.h>\n" for n in "abc"}
        self.assertEqual(len(found(rules.heavy_headers, files)), 3)
        files.pop("src/base/a.cc")
        self.assertEqual(found(rules.heavy_headers, files), [])


class BannedCalls(unittest.TestCase):
    def lines(self, code: str, path: str = "src/mine/a.cc") -> list:
        return [line for _, line in found(rules.banned_calls, {path: code})]

    def test_each_is_found(self):
        for call in ("std::rand();", "std::random_device d;", "std::mt19937_64 g;",
                     "std::normal_distribution<> n;", "std::chrono::system_clock::now();",
                     "std::chrono::steady_clock::now();", "std::time(nullptr);",
                     "localtime_r(&t, &tm);", "sleep(1);", "std::this_thread::sleep_for(x);",
                     "std::exp(x);", "log(x);", "::open(path, 0);", "std::ofstream out(p);",
                     'fopen("a", "r");', "std::filesystem::remove_all(p);", "printf(x);",
                     "std::cout << 1;", "fmt::print(x);", "#include <iostream>",
                     "std::stod(s);", "atoi(s);", "std::regex r;", "throw Error();",
                     'std::getenv("A");', "puts(__DATE__);"):
            self.assertIn(2, self.lines("\n" + call + "\n"), call)

    def test_what_looks_alike_is_not(self):
        code = ("portable_exp(x); model.log(x); a->open(p); files::open(p); std::sqrt(x);\n"
                "snprintf(b, n, f); context.out.print(x); // log(x)\n"
                'auto s = "std::rand()"; std::floor(x); std::format_to(o); fmt::format(x);\n'
                "Log log(level); log(1); std::shared_ptr<int> p; catalog(x);\n")
        self.assertEqual(self.lines(code), [])

    def test_where_it_belongs_it_is_allowed(self):
        self.assertEqual(self.lines("clock_gettime(a, b);", "src/base/time.cc"), [])
        self.assertEqual(self.lines('std::printf("x");', "src/cli/a.cc"), [])
        self.assertEqual(self.lines("std::exp(1);", "tests/base/a_test.cc"), [])
        self.assertEqual(self.lines("sleep(1);", "tests/base/a_test.cc"), [1])
        self.assertEqual(self.lines("std::chrono::steady_clock::now();", "bench/a.cc"), [])

    def test_a_reason_lets_through(self):
        line = "std::exp(x);"
        excuse = "// lint: allow(banned_calls) compared with the C library's own\n"
        for code, problems in ((excuse + line, 0), (line + "  " + excuse, 0),
                               ("// lint: allow(banned_calls)\n" + line, 1),
                               ("// lint: allow(sizes) some other reason\n" + line, 1),
                               (excuse + "\n" + line, 1)):
            tree = rules.Tree({"src/base/a.cc": code})
            hits = [p for p in rules.problems_of(tree) if p.rule == "banned_calls"]
            self.assertEqual(len(hits), problems, code)

    def test_flags(self):
        files = {"cmake/a.cmake": "# no -ffast-math\nadd_compile_options(-march=native)\n"}
        self.assertEqual(found(rules.banned_flags, files), [("cmake/a.cmake", 2)])


class Leftovers(unittest.TestCase):
    def test_a_reason_is_asked_for(self):
        word = "TO" + "DO"
        files = {
            "src/base/a.cc": f"// {word}: later\n// {word}(until C++26 has it): use std::inplace\n"
                             f"auto s = \"{word}\";\n// FIX" + "ME now\n",
            "tools/a.py": f"x = 1  # {word} tidy\n",
        }
        self.assertEqual(found(rules.leftovers, files),
                         [("src/base/a.cc", 1), ("src/base/a.cc", 4), ("tools/a.py", 1)])

    def test_marks_of_a_merge(self):
        text = "a\n" + "<" * 7 + " HEAD\nb\n" + "=" * 7 + "\nc\n" + ">" * 7 + " 86db986 (c)\n"
        files = {"tools/a.sh": text, "docs/a.md": text, "src/a.cc": "cout <<<<<<< x;\n"}
        self.assertEqual(found(rules.merges, files), [("docs/a.md", 2), ("docs/a.md", 6),
                                                      ("tools/a.sh", 2), ("tools/a.sh", 6)])


class Sizes(unittest.TestCase):
    def test_files(self):
        most = house.MOST_FILE_LINES
        self.assertEqual(found(rules.sizes, {"src/base/a.cc": "//\n" * most}), [])
        self.assertEqual(found(rules.sizes, {"src/base/a.cc": "//\n" * (most + 1)}),
                         [("src/base/a.cc", most + 1)])

    def test_functions(self):
        body = "  x();\n"
        most = house.MOST_FUNCTION_LINES
        short = "void f() {\n" + body * (most - 2) + "}\n"
        self.assertEqual(found(rules.sizes, {"src/base/a.cc": short}), [])
        long = "\n" + short.replace("}", body + "}")
        self.assertEqual(found(rules.sizes, {"src/base/a.cc": long}), [("src/base/a.cc", 2)])
        python = "def f():\n" + "    x = 1\n" * most
        self.assertEqual(found(rules.sizes, {"tools/a.py": python}), [("tools/a.py", 1)])

    def test_lines_are_measured_in_characters(self):
        files = {"src/base/a.cc": "// " + "ü" * 97 + "\n// " + "ü" * 98 + "\n"}
        self.assertEqual(found(rules.sizes, files), [("src/base/a.cc", 2)])

    def test_raw_strings_and_urls_may_be_long(self):
        files = {"src/base/a.cc": 'auto a = R"(' + "x" * 200 + ')";\n// see https://' + "x" * 200}
        self.assertEqual(found(rules.sizes, files), [])


class Names(unittest.TestCase):
    def test_words_that_say_nothing(self):
        files = {"src/base/utils.cc": "", "src/mine/tree_helpers.h": "", "tools/common/a.py": "",
                 "src/base/utility_function.cc": "class KeyManager {};\nclass Managed {};\n",
                 "src/base/commoner.cc": ""}
        self.assertEqual(found(rules.names, files),
                         [("src/base/utility_function.cc", 1), ("src/base/utils.cc", 1),
                          ("src/mine/tree_helpers.h", 1), ("tools/common/a.py", 1)])


class Headers(unittest.TestCase):
    def test_begin_with_what_they_are_for(self):
        files = {"src/base/good.h": HEADER, "src/base/short.h": "// Files.\n#pragma once\n",
                 "src/base/none.h": "#pragma once\n" + COMMENT, "src/base/twice.h": COMMENT}
        self.assertEqual(found(rules.headers, files),
                         [("src/base/none.h", 1), ("src/base/short.h", 1), ("src/base/twice.h", 1)])


class OneNameOneType(unittest.TestCase):
    def test_two_definitions(self):
        two = "namespace lode {\n%s Part {\n};\n}\n"
        files = {"src/mine/a.h": two % "struct", "src/lake/b.h": two % "enum class"}
        self.assertEqual(found(rules.one_name_one_type, files),
                         [("src/lake/b.h", 2), ("src/mine/a.h", 2)])

    def test_declarations_unnamed_namespaces_and_members_are_free(self):
        files = {"src/mine/a.h": "namespace lode {\nstruct P {};\nstruct A { struct B {}; };\n}\n",
                 "src/lake/b.h": "namespace lode {\nstruct P;\nstruct C { struct B {}; };\n}\n",
                 "src/lake/c.cc": "namespace lode {\nnamespace {\nstruct P {};\n}\n}\n"}
        self.assertEqual(found(rules.one_name_one_type, files), [])


class MachinePaths(unittest.TestCase):
    def test_paths_and_hosts(self):
        work, root, home = "/wo" + "rk/main", "/ro" + "ot", "/ho" + "me/ada/x"
        files = {"a.md": f"cd {work}\n", "b.sh": f"x={root}/y\n", "c.json": f'"{home}"\n',
                 "d.txt": "https://reg" + "istry.example.org/simple\n",
                 "e.txt": "https://py" + "pi.org/simple\n", "f.txt": "http://x.int" + "ernal/a\n"}
        self.assertEqual([path for path, _ in found(rules.machine_paths, files)], sorted(files))

    def test_what_looks_alike_is_not(self):
        work = "/wo" + "rk"
        files = {"a.md": f"the root / of the tree, .{work}/x, src{work}/y, network/rooted\n",
                 "b.cc": "plan.internal = 1; registry.counter(x); registry.h\n",
                 "c.md": "https://example.org, registry of models, mirrors of docs\n"}
        self.assertEqual(found(rules.machine_paths, files), [])


class MirroredTests(unittest.TestCase):
    COMPONENT = ('const Component kComponent = {.kind = "metric", .name = "auc"};\n'
                 "const Registration registration(kComponent);\n")

    def missing(self, files: dict) -> list:
        return [path for path, _ in found(rules.mirrored_tests, files)]

    def test_a_source_with_a_header(self):
        unit = {"src/mine/tree_split.cc": "", "src/mine/tree_split.h": HEADER}
        self.assertEqual(self.missing(unit), ["src/mine/tree_split.cc"])
        for path, text in (("tests/mine/tree_split_test.cc", ""), ("tests/mine/tree_test.cc", ""),
                           ("tests/e2e/a.cc", '#include "mine/tree_split.h"\n'),
                           ("tests/mine/x_test.cc", "// covers: base/a, mine/tree_*\n")):
            self.assertEqual(self.missing(unit | {path: text}), [], path)
        self.assertEqual(self.missing(unit | {"tests/lake/tree_test.cc": ""}),
                         ["src/mine/tree_split.cc"])

    def test_folders_are_mirrored_by_their_name(self):
        files = {"src/table/expression/parser.cc": "", "src/table/expression/parser.h": HEADER,
                 "tests/table/expression_test.cc": ""}
        self.assertEqual(self.missing(files), [])

    def test_parts_of_another_unit_need_none(self):
        files = {"src/project/load_views.cc": "", "src/base/b.h": HEADER}
        self.assertEqual(self.missing(files), [])

    def test_components(self):
        unit = {"src/judge/metrics/auc.cc": self.COMPONENT}
        self.assertEqual(self.missing(unit), ["src/judge/metrics/auc.cc"])
        for path, text in (("tests/contract/metric_contract_test.cc", ""),
                           ("tests/judge/metric_test.cc", 'evaluate("auc", rows);\n')):
            self.assertEqual(self.missing(unit | {path: text}), [], path)
        self.assertEqual(self.missing(unit | {"tests/judge/metric_test.cc": "// auc\nauc();\n"}),
                         ["src/judge/metrics/auc.cc"])


class Whole(unittest.TestCase):
    def test_this_tool_keeps_the_rules(self):
        folder = Path(__file__).resolve().parent
        files = {f"tools/lint/{path.name}": path.read_text() for path in folder.glob("*.py")}
        self.assertEqual([str(p) for p in rules.problems_of(rules.Tree(files))], [])

    def test_every_rule_says_what_it_wants(self):
        for rule in rules.RULES:
            self.assertTrue(rule.__doc__ and "\n" not in rule.__doc__, rule.__name__)


if __name__ == "__main__":
    unittest.main()
