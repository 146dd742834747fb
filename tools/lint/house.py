"""The house in data: the order of the stations, what is allowed where, and why."""

# From the top down: an include only ever points further down.
STATIONS = (
    "cli console orchestrate feedback experiment monitor serve registry insight evaluate mine "
    "features judge quality lake ingest govern project telemetry table base"
).split()

# Headers that are slow to compile or belong to one adapter: (beginning of the include's name, most
# files of src/ that may include it). Only .cc files, unless listed below.
HEAVY_HEADERS = (
    ("yaml-cpp/", 2),
    ("nlohmann/", 2),
    ("CLI/", 1),
    ("re2/", 2),
    ("duckdb.h", 1),
    ("table/duckdb_api.h", 4),  # the adapter's own header: it includes duckdb.h
    ("xgboost/", 1),
    ("mine/trees/xgboost_library.h", 2),  # the same for XGBoost
    ("sqlite3.h", 2),
    ("zlib.h", 2),
    ("sodium", 1),
    ("xxhash.h", 1),
    ("boost/", 2),
    ("grpc", 2),
    ("spdlog/", 1),
    ("simdjson", 2),
)
HEAVY_IN_HEADER = {
    "src/table/duckdb_api.h": "private to table/duckdb*.cc, which share one table of C functions",
    "src/mine/trees/xgboost_library.h": "private to the XGBoost adapter, which is two files",
}

# Calls that are made in one place only: (name, pattern over code, what to use, allowed in). A path
# that ends in / is a folder. Tests of the same name are allowed what their subject is.
BANNED_CALLS = (
    (
        "random",
        r"\bstd::rand\b|\bsrand\s*\(|\brandom_device\b|\bmt19937|\bstd::\w+_distribution\b",
        "use Random(seed, stream) of base/random.h: the same numbers on every machine",
        ("src/base/random.cc",),
    ),
    (
        "clock",
        r"\bchrono::\w+_clock\b|\bstd::time\s*\(|\bclock_gettime\b|\bgettimeofday\b"
        r"|(?<![\w.>:])(?:localtime|gmtime|mktime|strftime)(?:_r)?\s*\(",
        "ask an injected Clock of base/time.h, so that tests and replay can set the time",
        ("src/base/time.cc",),
    ),
    (
        "sleep",
        r"(?<![\w.>])(?:sleep|usleep|nanosleep|sleep_for|sleep_until)\s*\(",
        "wait for the event itself (a condition variable, a file descriptor), never for a time",
        (),
    ),
    (
        "files",
        r"\bfopen\s*\(|\bfreopen\s*\(|\b[io]?fstream\b|(?<![\w.>:])(?:std)?::(?:open|creat)\s*\("
        r"|\bfilesystem::(?:create_\w+|remove\w*|rename|copy\w*|resize_file)\s*\(",
        "go through the FileSystem of base/file.h, so that faults can be injected",
        ("src/base/file.cc", "src/base/file_posix.cc"),
    ),
    (
        "print",
        r"(?<![\w.>])(?:std::)?(?:printf|fprintf|puts|fputs|putchar)\s*\("
        r"|\bstd::c(?:out|err|log)\b|\bfmt::print\b|#\s*include\s*<iostream>",
        "return the text, or use telemetry/log.h; only cli/ prints, through an Output",
        ("src/cli/",),
    ),
    (
        "libm",
        r"(?<![\w.>:])(?:std::)?(?:exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|sinh|cosh"
        r"|tanh|asin|acos|atan|atan2|cbrt|hypot|erf|erfc|tgamma|lgamma)[fl]?\s*\(",
        "use portable_exp, portable_log and their like in base/math.h: libm differs by machine",
        ("src/base/math.cc", "src/base/math.h"),
    ),
    (
        "locale",
        r"(?<![\w.>])(?:std::)?(?:sto(?:i|l|ll|ul|ull|f|d|ld)|strto\w+|ato[ifl]l?|sscanf"
        r"|setlocale)\s*\(",
        "use std::from_chars: the others read by the machine's locale and accept too much",
        (),
    ),
    (
        "regex",
        r"\bstd::w?regex\b",
        "use RE2, whose time is bounded by the text's length",
        (),
    ),
    (
        "throw",
        r"\bthrow\b(?!\s*\()",
        "return fail(...) of base/error.h: no exception leaves our code",
        # yaml-cpp's callbacks can only be left by an exception; it is caught in the same file.
        ("src/project/yaml.cc",),
    ),
    (
        "environment",
        r"\bgetenv\s*\(",
        "take the value as a parameter: only cli/ and the loaders of base/ read the environment",
        ("src/cli/", "src/base/library.cc", "src/base/cpu.cc"),
    ),
    (
        "build-time",
        r"\b__(?:DATE|TIME|TIMESTAMP)__\b",
        "leave it out: a build is the same bytes from the same sources",
        (),
    ),
)
# Which of them hold where else. Benchmarks measure time and print; tests may ask libm for a value
# to compare with, write files of their own, and throw where that is what is tested.
BANNED_IN_TESTS = ("random", "clock", "sleep", "regex", "build-time")
BANNED_IN_BENCH = ("random", "sleep", "build-time")

# flag, why not, files where it may stand
BANNED_FLAGS = (
    (
        "-march=native",
        "the same bytes run on every x86-64: kernels are chosen at run time",
        ("bench/CMakeLists.txt",),  # floors: what this machine can do
    ),
    ("-ffast-math", "results would depend on the compiler's mood", ()),
    ("-Ofast", "results would depend on the compiler's mood", ()),
)

BANNED_NAMES = ("util", "utils", "helper", "helpers", "common", "manager", "managers", "misc")

# Units of src/ (a path without suffix) that no test names, and why. Better: a line in the test,
#   // covers: project/shape, project/load_*
UNMIRRORED: dict = {}

MOST_FILE_LINES = 600
MOST_FUNCTION_LINES = 70
MOST_COLUMNS = 100
