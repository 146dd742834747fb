"""The data sets of `./dev bench mining`: files as a user has them, and the same rows as the peers
are given them."""

import csv
import gzip
import random
from dataclasses import dataclass, field
from pathlib import Path

ADULT = ("age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,"
         "sex,capital-gain,capital-loss,hours-per-week,native-country,income")
SHARE_OF_TEST = 0.25  # of the rows, as lode mine takes it
WALK_FROM = 0.55      # of the file: the first of the prefixes that a walk goes through


@dataclass(frozen=True)
class DataSet:
    name: str
    target: str
    file: str                 # below the folder of data
    yes: str = ""             # the value that means yes; "" = the target is a number
    flags: tuple = ()         # of lode mine, beside --target and --seed
    walk: bool = False        # a fold is a longer prefix of the file, not another seed
    categories: tuple = ()    # columns that peers are told are categories
    numbers: tuple = ()       # columns that peers are given as numbers
    text: str = ""            # a column of words: the peers are TF-IDF and a linear model
    missing: tuple = ()       # texts that stand for nothing
    header: str = ""          # given to the file, which has none
    separator: str = ","
    says: str = field(default="", compare=False)  # of the set, on the page

    @property
    def number(self) -> bool:
        return not self.yes


ADULT_CATEGORIES = ("workclass", "education", "marital-status", "occupation", "relationship",
                    "race", "sex", "native-country")
ADULT_NUMBERS = ("age", "fnlwgt", "education-num", "capital-gain", "capital-loss",
                 "hours-per-week")
TELCO_CATEGORIES = ("multiple_lines", "internet_service", "online_security", "online_backup",
                    "device_protection", "tech_support", "streaming_tv", "streaming_movies",
                    "contract", "payment_method")
TELCO_NUMBERS = ("female", "senior_citizen", "partner", "dependents", "tenure", "phone_service",
                 "paperless_billing", "monthly_charges", "total_charges")
BIKE_NUMBERS = ("season", "yr", "mnth", "hr", "holiday", "weekday", "workingday", "weathersit",
                "temp", "atemp", "hum", "windspeed")
PARTS_OF_CNT = ("--drop", "casual,registered")

SETS = (
    DataSet("adult", "income", "adult/adult.data.gz", yes=">50K", header=ADULT, missing=("?",),
            categories=ADULT_CATEGORIES, numbers=ADULT_NUMBERS,
            says="32,561 people; a quarter at random is the test"),
    DataSet("adult-test", "income", "adult/adult.test.gz", yes=">50K.", header=ADULT,
            missing=("?",), categories=ADULT_CATEGORIES, numbers=ADULT_NUMBERS,
            says="16,281 other people, on whom no default of lode was ever tried"),
    DataSet("telco-churn", "churn", "telco-churn/telco_churn.csv", yes="Yes", missing=("NA",),
            categories=TELCO_CATEGORIES, numbers=TELCO_NUMBERS,
            says="7,043 customers; a quarter at random is the test"),
    DataSet("bike-sharing", "cnt", "bike-sharing/hour.csv", flags=PARTS_OF_CNT, walk=True,
            numbers=BIKE_NUMBERS,
            says="17,379 hours of two years, by time as lode mine splits them: ten growing "
                 "prefixes of the file, the last quarter of each is the test"),
    DataSet("bike-sharing at random", "cnt", "bike-sharing/hour.csv",
            flags=(*PARTS_OF_CNT, "--time", "none"), numbers=BIKE_NUMBERS,
            says="the same hours split at random, as most published figures are, which asks for "
                 "--time none: it tells how well hours between known hours are filled in"),
    DataSet("sms-spam", "label", "sms-spam/SMSSpamCollection.tsv", yes="spam", text="text",
            header="label\ttext", separator="\t", says="5,574 messages; a quarter at random is the "
            "test"),
)


def lines_of(data: DataSet, folder: Path) -> tuple[str, list[str]]:
    """The header and the rows of the file."""
    path = folder / data.file
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = [line for line in raw.decode().split("\n") if line.strip()]
    if data.header:
        return data.header, [line for line in lines if not line.startswith("|")]
    return lines[0], lines[1:]


def fold_lines(data: DataSet, rows: list[str], seed: int, folds: int) -> list[str]:
    """The rows that fold `seed`, from 1 on, is about: all of them, or of a walk a prefix."""
    if not data.walk:
        return rows
    share = WALK_FROM + (1 - WALK_FROM) * (seed - 1) / max(folds - 1, 1) if folds > 1 else 1
    return rows[: round(share * len(rows))]


def fields_of(data: DataSet, lines: list[str]) -> list[list[str]]:
    if data.text:  # quotes are letters there
        return [line.split(data.separator) for line in lines]
    return list(csv.reader(lines, delimiter=data.separator, skipinitialspace=True))


def shuffled_target(data: DataSet, header: str, rows: list[str], seed: int) -> list[str]:
    """The same rows with their targets dealt out anew: nothing is left to learn."""
    at = fields_of(data, [header])[0].index(data.target)
    cut = fields_of(data, rows)
    targets = [fields[at] for fields in cut]
    random.Random(seed).shuffle(targets)
    for fields, target in zip(cut, targets, strict=True):
        fields[at] = target
    return [data.separator.join(fields) for fields in cut]
