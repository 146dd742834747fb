"""The rules. Each takes the tree and yields problems; its first docstring line is what it wants."""

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatch

import house
from source import Source


@dataclass(frozen=True, order=True)
class Problem:
    path: str
    line: int
    rule: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.sentence}"


class Tree:
    """All files of the repository, by path."""

    def __init__(self, files: dict):
        self.files = {path: Source(path, text) for path, text in files.items()}

    def cpp(self, *tops: str) -> list:
        return [s for s in self.files.values() if s.is_cpp and s.top in tops]

    def code(self) -> list:
        """Everything people write as code."""
        wanted = (".cc", ".h", ".py", ".sh", ".ts", ".cmake")
        return [s for s in self.files.values() if s.suffix in wanted and s.top != "third_party"]


def layers(tree: Tree):
    """an include points down the house, never up"""
    rank = {name: i for i, name in enumerate(house.STATIONS)}
    for source in tree.cpp("src"):
        if source.station not in rank:
            yield Problem(source.path, 1, "layers",
                          f"'{source.station}' is no station of the house: put the file into one "
                          "of them, or add the station to tools/lint/house.py")
            continue
        for line, sign, name in source.includes:
            if sign != '"':
                continue
            if name.startswith(("..", "tests/", "src/", "bench/")):
                yield Problem(source.path, line, "layers",
                              f'write the include from src/ on, as "base/error.h", not "{name}"')
            target = name.split("/", 1)[0]
            if target in rank and rank[target] < rank[source.station]:
                yield Problem(source.path, line, "layers",
                              f"{source.station}/ stands below {target}/ and may not include "
                              f'"{name}": move what both need further down')


def stations_built(tree: Tree):
    """every station of src/ is built"""
    cmake = tree.files.get("CMakeLists.txt")
    match = cmake and re.search(r"set\(LODE_STATIONS ([^)]*)\)", cmake.text)
    if not match:
        return
    built = set(match.group(1).split())
    line = cmake.line_of(match.start())
    for station in sorted({s.station for s in tree.cpp("src") if s.suffix == ".cc"} - built):
        yield Problem("CMakeLists.txt", line, "stations_built",
                      f"src/{station}/ has sources, but LODE_STATIONS does not name it")


def heavy_headers(tree: Tree):
    """slow or foreign headers stay in their one or two .cc"""
    users = defaultdict(list)
    for source in tree.cpp("src"):
        for line, _, name in source.includes:
            for heavy, most in house.HEAVY_HEADERS:
                if name.startswith(heavy):
                    users[(heavy, most)].append((source.path, line))
                    if source.suffix == ".h" and source.path not in house.HEAVY_IN_HEADER:
                        yield Problem(source.path, line, "heavy_headers",
                                      f"include {name} in a .cc only: a header passes it on to "
                                      "everyone")
    for (heavy, most), places in users.items():
        files = sorted({path for path, _ in places})
        if len(files) > most:
            for path, line in places:
                yield Problem(path, line, "heavy_headers",
                              f"{heavy} is included by {len(files)} files ({', '.join(files)}), "
                              f"{most} may: go through the adapter")


def _is_allowed(path: str, places: tuple) -> bool:
    return any(path == place or (place.endswith("/") and path.startswith(place))
               for place in places)


def _is_ours(source: Source, call: str) -> bool:
    """A variable or parameter of that name: Log log(...), template <auto log>."""
    name = call.strip(" (")
    return bool(re.search(rf"\b(?:auto|[A-Z]\w*)[&*]*\s+{re.escape(name)}\b", source.code))


def banned_calls(tree: Tree):
    """time, chance, files and text go through base/"""
    only = {"src": None, "tests": house.BANNED_IN_TESTS, "bench": house.BANNED_IN_BENCH}
    compiled = [(name, re.compile(pattern), use, places)
                for name, pattern, use, places in house.BANNED_CALLS]
    for source in tree.cpp(*only):
        wanted = only[source.top]
        for name, pattern, use, places in compiled:
            if (wanted is not None and name not in wanted) or _is_allowed(source.path, places):
                continue
            for match in pattern.finditer(source.code):
                if name == "libm" and _is_ours(source, match.group(0)):
                    continue
                yield Problem(source.path, source.line_of(match.start()), "banned_calls",
                              f"{match.group(0).strip(' (')}: {use}")


def banned_flags(tree: Tree):
    """no compiler flag may change results"""
    for source in tree.files.values():
        if not source.path.endswith((".cmake", "CMakeLists.txt", "CMakePresets.json")):
            continue
        for number, line in enumerate(source.lines, 1):
            for flag, why, allowed in house.BANNED_FLAGS:
                if source.path in allowed:
                    continue
                if flag in line.split("#", 1)[0]:
                    yield Problem(source.path, number, "banned_flags", f"without {flag}: {why}")


def leftovers(tree: Tree):
    """a TODO says what it waits for"""
    word = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(\([^)]{5,}\): \S.{5,})?")
    for source in tree.code():
        if source.is_cpp:
            comments = [(line + i, text) for line, whole in source.comments
                        for i, text in enumerate(whole.split("\n"))]
        else:
            comments = [(number, line[at:]) for number, line in enumerate(source.lines, 1)
                        if (at := line.find("#")) >= 0 and '"' not in line[at:]]
        for line, text in comments:
            for match in word.finditer(text):
                if match.group(1) != "TODO" or not match.group(2):
                    yield Problem(source.path, line, "leftovers",
                                  f"{match.group(1)}: do it, or write TODO(what it waits for): "
                                  "what is to be done")


def merges(tree: Tree):
    """what a merge could not join is joined by hand before it is committed"""
    for source in tree.files.values():
        for number, line in enumerate(source.lines, 1):
            if line.startswith(("<" * 7 + " ", ">" * 7 + " ")):
                yield Problem(source.path, number, "merges",
                              "a merge left its marks: choose one side, or join them")


def sizes(tree: Tree):
    """files, functions and lines stay small enough to be read"""
    for source in tree.code():
        if len(source.lines) > house.MOST_FILE_LINES:
            yield Problem(source.path, house.MOST_FILE_LINES + 1, "sizes",
                          f"{len(source.lines)} lines; {house.MOST_FILE_LINES} may be: split it by "
                          "idea")
        exempt = source.raw_lines if source.is_cpp else set()
        for number, line in enumerate(source.lines, 1):
            if len(line) > house.MOST_COLUMNS and number not in exempt and "://" not in line:
                yield Problem(source.path, number, "sizes",
                              f"{len(line)} columns; {house.MOST_COLUMNS} may be (./dev fmt)")
        for name, line, lines in _functions(source):
            if lines > house.MOST_FUNCTION_LINES:
                yield Problem(source.path, line, "sizes",
                              f"{name} has {lines} lines; {house.MOST_FUNCTION_LINES} may be: give "
                              "its parts names")


def _functions(source: Source):
    if source.is_cpp:
        for block in source.blocks:
            if block.kind == "function":
                yield block.name, block.line, block.lines
    elif source.suffix == ".py":
        for node in ast.walk(ast.parse(source.text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def names(tree: Tree):
    """names say what a thing is, not that it helps"""
    banned = "|".join(house.BANNED_NAMES)
    part = re.compile(rf"(?:^|[_/.-])({banned})(?=[_/.-]|$)", re.IGNORECASE)
    kind = re.compile(r"\b(?:class|struct)\s+(\w*(?:Manager|Helper|Helpers|Util|Utils))\b")
    for source in tree.code():
        if match := part.search(source.path):
            yield Problem(source.path, 1, "names",
                          f"'{match.group(1)}' says nothing: name the file after what is in it")
        if source.is_cpp:
            for match in kind.finditer(source.code):
                yield Problem(source.path, source.line_of(match.start()), "names",
                              f"{match.group(1)}: name the class after what it does")


def headers(tree: Tree):
    """a header is read first: it begins with what it is for"""
    for source in tree.cpp("src", "tests", "bench"):
        if source.suffix != ".h":
            continue
        comment = []
        for line in source.lines:
            if not line.startswith("//"):
                break
            comment.append(line[2:].strip())
        if len(" ".join(comment)) < 40:
            yield Problem(source.path, 1, "headers",
                          "begin with two sentences: what it is for, and what a reader must know")
        if not re.search(r"^#pragma once$", source.text, re.MULTILINE):
            yield Problem(source.path, 1, "headers", "write #pragma once behind the first comment")


def one_name_one_type(tree: Tree):
    """a type's name is used once (two definitions of one name are undefined behaviour)"""
    places = defaultdict(set)
    for source in tree.cpp("src"):
        for block in source.blocks:
            if block.kind != "type":
                continue
            if all(p.kind == "namespace" and p.name for p in block.parents) and block.parents:
                name = "::".join([p.name for p in block.parents] + [block.name])
                places[name].add((source.path, block.line))
    for name, found in places.items():
        for path, line in sorted(found):
            others = sorted({other for other, _ in found} - {path})
            if others:
                yield Problem(path, line, "one_name_one_type",
                              f"{name} is also defined in {', '.join(others)}: rename one, or put "
                              "it into an unnamed namespace")


def machine_paths(tree: Tree):
    """nothing tracked knows the machine it was written on"""
    path = re.compile(r"(?<![\w./$}*-])/(?:work|root|home/\w+)(?:/|\b)(?![\w-])")
    host = re.compile(
        r"\b(?:[\w-]+\.)*(?:registry|mirrors?|nexus|artifactory|proxy|pypi|npm|crates|goproxy)"
        r"[\w-]*\.[\w-]+(?:\.[\w-]+)*\.?[a-z]{2,}\b(?=[:/\s\"'`),]|$)"
        r"|\bfiles\.pythonhosted\.org\b|(?:://|@|\b[\w-]+\.)[\w-]+\.(?:internal|corp|lan)\b")
    file_name = re.compile(r"\.(?:h|cc|py|sh|md|json|toml|txt|yaml|ts|cmake)$")
    for source in tree.files.values():
        if source.top == "third_party" and "/include/" in source.path:
            continue
        for number, line in enumerate(source.lines, 1):
            if path.search(line):
                yield Problem(source.path, number, "machine_paths",
                              "a path of one machine: take it from LODE_SOURCE_DIR, a parameter or "
                              "the folder of the script")
            for match in host.finditer(line):
                if not file_name.search(match.group(0)):
                    yield Problem(source.path, number, "machine_paths",
                                  f"{match.group(0)}: name no registry; its ordinary client knows "
                                  "where to ask")


def mirrored_tests(tree: Tree):
    """every component, and every .cc with a header, is tested by a file that says so"""
    tests = tree.cpp("tests")
    for source in tree.cpp("src"):
        unit = source.path.removesuffix(".cc")
        kinds = _registered_kinds(source)
        if source.suffix == ".h" or not (kinds or f"{unit}.h" in tree.files):
            continue
        mirrored = _has_contract(kinds, tests) or any(_tests(t, source, unit) for t in tests)
        if mirrored and unit in house.UNMIRRORED:
            yield Problem("tools/lint/house.py", 1, "mirrored_tests",
                          f"{unit} is mirrored by now: take it out of UNMIRRORED")
        if not mirrored and unit not in house.UNMIRRORED:
            short = unit.removeprefix("src/")
            yield Problem(source.path, 1, "mirrored_tests",
                          f"no test mirrors it: write tests/{short}_test.cc, or put "
                          f"`// covers: {short}` into the test that runs it")
    for unit in house.UNMIRRORED:
        if f"{unit}.cc" not in tree.files:
            yield Problem("tools/lint/house.py", 1, "mirrored_tests",
                          f"{unit} is gone: take it out of UNMIRRORED")


def _tests(test: Source, source: Source, unit: str) -> bool:
    """By its name, its folder's name, an include, a line `covers:`, or a component it runs."""
    short = unit.removeprefix("src/")
    if any(name == f"{short}.h" for _, _, name in test.includes) or _covers(test, short):
        return True
    subject = test.stem.removesuffix("_test")
    if test.stem.endswith("_test") and test.station == source.station:
        if subject == source.stem or source.stem.startswith(subject + "_"):
            return True
        if subject in unit.split("/")[2:-1]:
            return True
    shared = test.station in (source.station, "contract", "agreement", "e2e", "reference")
    if not shared or not _registered_kinds(source):
        return False
    quoted = " ".join(test.strings)
    return any(re.search(rf"\b{re.escape(name)}\b", quoted) for name in _component_names(source))


def _covers(test: Source, short: str) -> bool:
    for _, comment in test.comments:
        if match := re.search(r"\bcovers: (.*)", comment):
            if any(fnmatch(short, pattern.strip()) for pattern in match.group(1).split(",")):
                return True
    return False


def _registered_kinds(source: Source) -> set:
    if not re.search(r"\bRegistration \w+\(", source.code):
        return set()
    return set(re.findall(r'\.kind = "(\w+)"', source.text)) or {"function"}


def _component_names(source: Source) -> set:
    named = re.findall(r'(?:\.name = |function_component\(\s*)"([^"]+)"', source.text)
    return set(named) | {source.stem}


def _has_contract(kinds: set, tests: list) -> bool:
    return any(f"{kind}_contract_test" == test.stem for kind in kinds for test in tests)


RULES = (layers, stations_built, heavy_headers, banned_calls, banned_flags, leftovers, merges,
         sizes, names, headers, one_name_one_type, machine_paths, mirrored_tests)


def problems_of(tree: Tree) -> list:
    found = []
    for rule in RULES:
        for problem in rule(tree):
            source = tree.files.get(problem.path)
            if source is None or (problem.rule, problem.line) not in source.allowed:
                found.append(problem)
    return sorted(set(found))
