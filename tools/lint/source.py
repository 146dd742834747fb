"""What the rules look at: a file's text, its code without comments and strings, its blocks."""

import bisect
import re
from dataclasses import dataclass, field
from functools import cached_property

TOKEN = re.compile(
    r"""//(?:\\\n|[^\n])*"""
    r"""|/\*.*?\*/"""
    r"""|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)\""""
    r"""|"(?:\\.|[^"\\\n])*\""""
    r"""|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
ALLOW = re.compile(r"lint: allow\(([\w-]+)\)[ \t]*(.*)")


def blanked(text: str) -> str:
    """The same number of lines and columns, with nothing on them."""
    return re.sub(r"[^\n]", " ", text)


@dataclass
class Block:
    """Braces of a namespace, type or function; others are only counted."""

    kind: str  # "namespace", "type", "function"
    name: str
    line: int  # of the opening brace
    end: int = 0  # of the closing brace
    parents: list = field(default_factory=list)

    @property
    def lines(self) -> int:
        return self.end - self.line + 1


class Source:
    """One file of the tree. `path` is relative to the root, with slashes."""

    def __init__(self, path: str, text: str):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    @property
    def suffix(self) -> str:
        return "." + self.path.rsplit(".", 1)[-1] if "." in self.path.rsplit("/", 1)[-1] else ""

    @property
    def is_cpp(self) -> bool:
        return self.suffix in (".cc", ".h")

    @property
    def top(self) -> str:
        """The folder at the root: src, tests, ..."""
        return self.path.split("/", 1)[0] if "/" in self.path else ""

    @property
    def station(self) -> str:
        """mine, for src/mine/... and tests/mine/...; else empty."""
        parts = self.path.split("/")
        return parts[1] if len(parts) > 2 and parts[0] in ("src", "tests") else ""

    @property
    def stem(self) -> str:
        return self.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]

    def line_of(self, offset: int) -> int:
        return bisect.bisect_right(self._starts, offset)

    @cached_property
    def _split(self):
        """Code with comments and strings blanked; comments; lines of raw strings; strings."""
        comments, raw_lines, strings = [], set(), []

        def blank(match):
            token = match.group(0)
            first = self.line_of(match.start())
            if token.startswith(("//", "/*")):
                comments.append((first, token))
            else:
                strings.append(token)
            if token.startswith('R"'):
                raw_lines.update(range(first, self.line_of(match.end() - 1) + 1))
            return blanked(token)

        return TOKEN.sub(blank, self.text), comments, raw_lines, strings

    @property
    def code(self) -> str:
        return self._split[0]

    @property
    def comments(self) -> list:
        """(line, text) of each comment of a C++ file."""
        return self._split[1]

    @property
    def raw_lines(self) -> set:
        """Lines that hold a part of a raw string."""
        return self._split[2]

    @property
    def strings(self) -> list:
        """The string and character literals, with their quotes."""
        return self._split[3]

    @cached_property
    def includes(self) -> list:
        """(line, sign, name): sign is < or a quote."""
        found = []
        for match in INCLUDE.finditer(self.text):
            if "#" in self.code[match.start() : match.start(1)]:  # not inside a comment
                found.append((self.line_of(match.start(1)), match.group(1), match.group(2)))
        return found

    @cached_property
    def blocks(self) -> list:
        return find_blocks(DIRECTIVE.sub(lambda m: blanked(m.group(0)), self.code), self.line_of)

    @cached_property
    def allowed(self) -> set:
        """(rule, line) that a comment with a reason lets through: its own line and the next."""
        lines = set()
        for number, line in enumerate(self.lines, 1):
            for match in ALLOW.finditer(line):
                if len(match.group(2).split()) >= 3:
                    lines |= {(match.group(1), number), (match.group(1), number + 1)}
        return lines


ACCESS = re.compile(r"\b(public|private|protected)\s*:(?!:)")
TYPE = re.compile(
    r"\b(?:class|struct|union|enum)\b(?:\s+(?:class|struct)\b)?(?:\s+alignas\([^)]*\))?"
    r"\s+(\w[\w:]*)(?:\s*<[^()]*>)?(?:\s+final)?(?:\s*:(?!:)[^=]*)?\s*$"
)
NAMESPACE = re.compile(r"^(?:inline\s+)?namespace\b\s*([\w:]*)\s*$")
FUNCTION_NAME = re.compile(r"([\w:~]+|operator\s*\S+)\s*\(")
INITIALISER = re.compile(r"\)[^)]*?(?<!:):(?!:)")


def classify(head: str) -> tuple:
    """(kind, name) of the braces behind `head`, outside of functions. "initialiser" is a member's
    braces in a constructor's list: the head goes on behind them."""
    head = ACCESS.sub(" ", head).strip()
    if match := NAMESPACE.match(head):
        return "namespace", match.group(1)
    if re.match(r'^extern\s*$', head):
        return "namespace", ""
    if match := TYPE.search(head):
        return "type", match.group(1)
    if ")" not in head or head.endswith("=") or re.search(r"(?<![=!<>])=(?!=)[^()]*$", head):
        return "other", ""
    if INITIALISER.search(head) and re.search(r"[\w>]$", head):
        return "initialiser", ""
    names = FUNCTION_NAME.findall(head)
    return "function", names[0].strip() if names else "?"


def find_blocks(code: str, line_of) -> list:
    """Namespaces, types and functions. A heuristic: what it cannot place is "other" and no harm."""
    blocks, stack = [], []  # stack of (block or None, head behind it, depth of parentheses)
    begin, parens, prefix = 0, 0, ""
    in_function = 0
    for match in re.finditer(r"[{}();]", code):
        sign, at = match.group(0), match.start()
        if sign == "(":
            parens += 1
        elif sign == ")":
            parens = max(parens - 1, 0)
        elif sign == ";" and parens == 0:
            begin, prefix = at + 1, ""
        elif sign == "{":
            head = prefix + code[begin:at]
            kind, name = ("other", "") if in_function or parens else classify(head)
            block = None
            if kind in ("namespace", "type", "function"):
                parents = [entry[0] for entry in stack if entry[0] is not None]
                block = Block(kind, name, line_of(at), parents=parents)
                blocks.append(block)
                in_function += kind == "function"
            keep = head + " {}" if kind in ("initialiser", "other") else ""
            stack.append((block, keep, parens))
            begin, parens, prefix = at + 1, 0, ""
        elif sign == "}" and stack:
            block, prefix, parens = stack.pop()
            begin = at + 1
            if block is not None:
                block.end = line_of(at)
                in_function -= block.kind == "function"
    return [block for block in blocks if block.end]
