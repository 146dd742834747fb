"""Every type through lode and back, by the Arrow C Data Interface, with pyarrow as the other side.

Run by tests/table/arrow_test.cc: python arrow_round_trip.py libarrow_bridge.so
"""

import ctypes
import datetime
import decimal
import gc
import sys

import pyarrow as pa

bridge = ctypes.CDLL(sys.argv[1])
bridge.lode_last_error.restype = ctypes.c_char_p


class Structs:
    """Room for one ArrowSchema and one ArrowArray (72 and 80 bytes by the standard)."""

    def __init__(self):
        self.schema = ctypes.create_string_buffer(72)
        self.array = ctypes.create_string_buffer(80)

    def addresses(self):
        return ctypes.addressof(self.array), ctypes.addressof(self.schema)


def round_trip(array, mode=0):
    given, taken = Structs(), Structs()
    array._export_to_c(*given.addresses())
    if bridge.lode_round_trip(given.schema, given.array, taken.schema, taken.array, mode) != 0:
        raise ValueError(bridge.lode_last_error().decode())
    # The release callbacks of the structs lode took over must have been called and cleared.
    released = given.schema.raw[56:64] == bytes(8) and given.array.raw[64:72] == bytes(8)
    assert released, "not released"
    result = pa.Array._import_from_c(*taken.addresses())
    result.validate(full=True)
    return result


def expect(array, wanted=None, type=None):
    wanted = array if wanted is None else wanted
    for offset in range(0, min(4, len(array))):
        for mode in (0, 1, 2):
            if mode == 2 and len(array) - offset < 1:
                continue
            result = round_trip(array.slice(offset), mode)
            values = wanted.slice(offset).to_pylist()
            values = values[::-1] if mode == 1 else values[1:] if mode == 2 else values
            assert result.to_pylist() == values, (array.type, offset, mode, result, values)
            assert result.type == (type or wanted.type), (result.type, wanted.type)
    empty = round_trip(array.slice(len(array)))
    assert len(empty) == 0 and empty.type == (type or wanted.type)
    print("ok", array.type, "->", type or wanted.type)


def refuse(array, words):
    try:
        round_trip(array)
    except ValueError as error:
        assert words in str(error), (words, str(error))
        print("ok", array.type, "refused:", error)
        return
    raise AssertionError(f"{array.type} was taken")


UTC = pa.timestamp("us", "UTC")
day = datetime.date(2001, 1, 29)
noon = datetime.datetime(2001, 1, 29, 12, 0, 0, 123456, tzinfo=datetime.timezone.utc)
D = decimal.Decimal

# The types that are lode's own come back as they went.
expect(pa.array([True, None, False, True, None, True, True, False, True, True], pa.bool_()))
expect(pa.array([1, None, -(2**63), 2**63 - 1, 0], pa.int64()))
expect(pa.array([1.5, None, float("inf"), -0.0, 5e-324], pa.float64()))
expect(pa.array([D("1.50"), None, D("-99999999.99"), D("0.00")], pa.decimal128(10, 2)))
expect(pa.array([D(10) ** 37, None, -(D(10) ** 37)], pa.decimal128(38, 0)))
expect(pa.array(["a", None, "", "héllo", "x" * 1000], pa.utf8()))
expect(pa.array([b"a", None, b"", b"\x00\xff"], pa.binary()))
expect(pa.array([day, None, datetime.date(1, 1, 1), datetime.date(9999, 12, 31)], pa.date32()))
expect(pa.array([noon, None, noon.replace(year=1900)], UTC))
expect(pa.array(["x", None, "y", "x", "z"], pa.utf8()).dictionary_encode())
expect(pa.array([[1, 2], None, [], [3, None], [4]], pa.list_(pa.field("item", pa.int64()))))
pair = pa.struct([("a", pa.int64()), ("b", pa.utf8())])
expect(pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": None}, {"a": 4, "b": "w"}], pair))
nested = pa.list_(pa.field("item", pa.struct([("words", pa.list_(pa.field("item", pa.utf8())))])))
phrases = [[{"words": ["p", None]}], [], None, [{"words": None}, {"words": ["q", "r"]}]]
expect(pa.array(phrases, nested))
encoded = pa.array(["m", "n", "m", None]).dictionary_encode()
expect(pa.StructArray.from_arrays([encoded, pa.array([1, 2, 3, 4])], ["code", "n"]))
expect(pa.array([None, None, None], pa.utf8()))

# Types that fit one of lode's.
for small in (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.uint64()):
    expect(pa.array([1, None, 100, 7], small), pa.array([1, None, 100, 7], pa.int64()))
expect(pa.array([1.5, None, -2.25], pa.float32()), pa.array([1.5, None, -2.25], pa.float64()))
expect(pa.array(["a", None, "bc"], pa.large_utf8()), pa.array(["a", None, "bc"], pa.utf8()))
expect(pa.array([b"a", None, b"bc"], pa.large_binary()), pa.array([b"a", None, b"bc"], pa.binary()))
expect(pa.array([b"ab", None, b"cd"], pa.binary(2)), pa.array([b"ab", None, b"cd"], pa.binary()))
lists = pa.list_(pa.field("item", pa.int64()))
ragged = [[1], None, [2, 3]]
expect(pa.array(ragged, pa.large_list(pa.int64())), pa.array(ragged, lists))
pairs = [[1, 2], [3, 4], [5, None]]
expect(pa.array(pairs, pa.list_(pa.int64(), 2)), pa.array(pairs, lists))
expect(pa.array([day, None], pa.date64()), pa.array([day, None], pa.date32()))
whole = noon.replace(microsecond=0)
for unit in ("s", "ms", "us", "ns"):
    expect(pa.array([whole, None], pa.timestamp(unit, "UTC")), pa.array([whole, None], UTC))
    naive = whole.replace(tzinfo=None)
    expect(pa.array([naive, None], pa.timestamp(unit)), pa.array([whole, None], UTC))
numbers = pa.DictionaryArray.from_arrays(pa.array([0, None, 1, 0], pa.int8()), pa.array([10, 20]))
expect(numbers, pa.array([10, None, 20, 10], pa.int64()))
codes = pa.array([0, None, 1, 0], pa.uint16())
large = pa.DictionaryArray.from_arrays(codes, pa.array(["x", "y"], pa.large_utf8()))
expect(large, pa.array(["x", None, "y", "x"]), pa.dictionary(pa.int32(), pa.utf8()))

# What does not fit is said, with the row.
refuse(pa.array([1, 2**64 - 1], pa.uint64()), "row 1 does not fit int64")
refuse(pa.array([1], pa.timestamp("ns", "UTC")), "row 0 does not fit timestamp")
refuse(pa.array([1], pa.time64("us")), "cast it to")
refuse(pa.array([D(1)], pa.decimal256(40, 0)), "38 digits")
refuse(pa.array([None], pa.null()), "cast it to")

# A record batch.
batch = pa.record_batch({"id": pa.array([1, 2]), "name": pa.array(["a", None])})
given, taken = Structs(), Structs()
batch._export_to_c(*given.addresses())
assert bridge.lode_round_trip_table(given.schema, given.array, taken.schema, taken.array) == 0
again = pa.RecordBatch._import_from_c(*taken.addresses())
assert again.equals(batch), again
print("ok record batch")

# Everything handed over was released, on both sides.
del again, batch, given, taken
gc.collect()
print("all round trips hold")
