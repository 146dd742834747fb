"""Machine-made mutants: small changes of C++ statements, in an order that depends on a seed and the
sources alone. Comments, texts, assertions, includes and the words of errors are left alone."""

import hashlib
import re
from dataclasses import dataclass

from catalogue import Mutant

# One token that is no code, or a call whose arguments are for people to read.
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^\s()]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'|^[ \t]*#[^\n]*|\b[uU8L]?'\\?.'", re.S | re.M)
SPOKEN = re.compile(r"\b(?:fail|Error|corrupt|static_assert|assert|format|print)\s*\(")
DECLARED = re.compile(r"^(?:static )?constexpr (?:Component|Option|Encoder)\b[^;{]*\{", re.M)

SWAPS = [  # kind, pattern, replacements of group 1
    ("edge", r"(?<= )(<=|>=|<|>)(?= )", {"<": ["<="], "<=": ["<"], ">": [">="], ">=": [">"]}),
    ("flip", r"(?<= )(<=|>=|<|>|==|!=)(?= )",
     {"<": [">="], "<=": [">"], ">": ["<="], ">=": ["<"], "==": ["!="], "!=": ["=="]}),
    ("arithmetic", r"(?<= )([+-])(?= )", {"+": ["-"], "-": ["+"]}),
    ("step", r"(\+=|-=|\+\+|--)", {"+=": ["-="], "-=": ["+="], "++": ["--"], "--": ["++"]}),
    ("logic", r"(?<= )(&&|\|\|)(?= )", {"&&": ["||"], "||": ["&&"]}),
    ("boolean", r"\b(true|false)\b", {"true": ["false"], "false": ["true"]}),
    ("extreme", r"\bstd::(?:ranges::)?(min|max)\b", {"min": ["max"], "max": ["min"]}),
]
NUMBER = re.compile(r"(?<![\w.'])(\d+)(?![\w.'])")
CONDITION = re.compile(r"\bif \(")
STATEMENT = re.compile(r"^ +(?!return|using|case|default|break|goto|throw|TRY|static|const|auto|"
                       r"template|struct|class|friend|delete|public|private|virtual|explicit|[})])"
                       r"(?:(?:continue)|[\w:.\->\[\]()*+,&<> {}]+?(?:[-+|]?= [^;]*|\([^;]*\))|"
                       r"(?:\+\+|--)[^;]*);$", re.M)
DECLARATION = re.compile(r"^ *(?:const )?[\w:]+(?:<[^;=]*>)?[&* ]+\w+(?: = |\(|\{|;)")


@dataclass(frozen=True)
class Point:
    """A place in a file and what to put there."""
    file: str
    at: int
    kind: str
    old: str
    new: str


def closing(text: str, opening: int) -> int:
    """One past the bracket that closes the one at `opening`, or the end."""
    pairs = {"(": ")", "{": "}"}
    close, depth = pairs[text[opening]], 0
    for i in range(opening, len(text)):
        if text[i] == text[opening]:
            depth += 1
        elif text[i] == close:
            depth -= 1
            if depth == 0:
                return i + 1
    return len(text)


def code_of(text: str) -> str:
    """The text with everything that must not be mutated blanked, length and lines kept."""
    def blank(piece: str) -> str:
        return re.sub(r"[^\n]", "\0", piece)

    code = NOT_CODE.sub(lambda m: blank(m.group()), text)
    for pattern in (SPOKEN, DECLARED):
        at = 0
        while found := pattern.search(code, at):
            end = closing(code, found.end() - 1)
            code = code[:found.start()] + blank(code[found.start():end]) + code[end:]
            at = end
    return code


def swaps(file: str, code: str):
    for kind, pattern, replacements in SWAPS:
        for found in re.finditer(pattern, code):
            old = found.group(1)
            if kind == "step" and is_operator_name(code, found.start(1)):
                continue
            for new in replacements.get(old, []):
                yield Point(file, found.start(1), kind, old, new)


def is_operator_name(code: str, at: int) -> bool:
    return code[:at].endswith("operator")


def constants(file: str, code: str):
    for found in NUMBER.finditer(code):
        before = code[:found.start()]
        if re.search(r"(?:<|, |= |\[|\()$|[-+*/%<>=?:&|] $|^$|return $", before) is None:
            continue
        value = int(found.group())
        for new in (value + 1, value - 1):
            if new >= 0:
                yield Point(file, found.start(), "constant", found.group(), str(new))


def conditions(file: str, code: str):
    for found in CONDITION.finditer(code):
        opening = found.end() - 1
        end = closing(code, opening)
        inside = code[opening + 1:end - 1]
        if ";" in inside or re.match(r"(?:const )?(?:auto|\w+[*&]?) [*&]?\w+ = ", inside) \
                or "\0" in inside or re.match(r"[\w:]+[*&]* [*&]?\w+ =[^=]", inside):
            continue
        yield Point(file, opening, "negation", f"({inside})", f"(!({inside}))")


def statements(file: str, code: str):
    for found in STATEMENT.finditer(code):
        text = found.group()
        before = code[:found.start()].replace("\0", "").rstrip()
        if not before.endswith(("{", "}", ";", ")", "else", ":")) or "\0" in text:
            continue
        if "\n" in text or any(text.count(a) != text.count(b) for a, b in ("()", "{}", "[]")):
            continue
        if DECLARATION.match(text) or ".reserve(" in text or "__builtin_prefetch" in text:
            continue
        stripped = text.lstrip()
        yield Point(file, found.start() + len(text) - len(stripped), "dropped", stripped, "{}")


def points(file: str, text: str) -> list:
    code = code_of(text)
    found = []
    for maker in (swaps, constants, conditions, statements):
        found.extend(maker(file, code))
    return found


def line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def shown(point: Point) -> str:
    flat = " ".join(point.old.split())
    if point.kind == "dropped":
        return f"dropped: {flat}"
    return f"{flat} becomes {' '.join(point.new.split())}"


def sequence(files: dict, seed: int) -> list:
    """All machine-made mutants of `files` (path -> text), in the order to take them: kinds in turn,
    within a kind by a hash of the seed, the line's own text and the change, so that an edit
    elsewhere in a file leaves the order of the others as it was."""
    by_kind: dict = {}
    for file in sorted(files):
        text = files[file]
        seen: dict = {}
        for point in sorted(points(file, text), key=lambda p: (p.at, p.kind, p.new)):
            begin = text.rfind("\n", 0, point.at) + 1
            end = text.find("\n", point.at)
            line = text[begin:end if end >= 0 else len(text)]
            identity = (line.strip(), point.at - begin, point.kind, point.new)
            seen[identity] = seen.get(identity, 0) + 1
            key = hashlib.sha256(repr((seed, file, identity, seen[identity])).encode()).digest()
            by_kind.setdefault(point.kind, []).append((key, point))
    queues = [sorted(by_kind[kind], key=lambda item: item[0]) for kind in sorted(by_kind)]
    ordered = []
    for i in range(max(map(len, queues), default=0)):
        ordered.extend(queue[i][1] for queue in queues if i < len(queue))
    return [as_mutant(point, files[point.file]) for point in ordered]


def as_mutant(point: Point, text: str) -> Mutant:
    line = line_of(text, point.at)
    column = point.at - (text.rfind("\n", 0, point.at) + 1) + 1
    short = point.file.removeprefix("src/features/")
    name = f"{short}:{line}:{column}:{point.kind}"
    if point.kind == "constant":
        name += f":{point.new}"
    begin = point.at - column + 1
    context = text[begin:text.find("\n", point.at)].strip()
    meaning = f"`{shown(point)}`" if point.kind == "dropped" else \
        f"`{shown(point)}` in `{context}`"
    return Mutant(name, point.file, text[point.at:point.at + len(point.old)], point.new, meaning,
                  at=point.at, line=line)
