"""Plain data as bytes, and back.

Exact types only, so that a subclass cannot pose as a number. Decoding builds values; it calls
nothing that came from the other side, no `repr` and no `==` of a learner. Everything but the
numbers of arrays travels in a small structure, so that a short message cannot grow into
gigabytes of objects; arrays travel beside it as one block of bytes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct
from msgspec.msgpack import Ext

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_STRUCTURE: Final = 2 << 20
MAX_BLOCK: Final = 256 << 20
MAX_DEPTH: Final = 32
# A tuple or a dict is an extension with a list in it: two levels.
_MAX_NESTING = 2 * MAX_DEPTH + 2
_MAX_DIMENSIONS = 16
# Python refuses to read longer decimal numbers by default (4,300 digits).
_MAX_DIGITS = 4_000
_SIZED = frozenset({str, bytes, list, tuple, dict})
_KEYS = frozenset({str, int, float, bool})
_INT64, _UINT64 = -(2**63), 2**64
_ARRAY, _TUPLE, _FOREIGN, _BIG, _COMPLEX, _TABLE = range(1, 7)
ITEM_SIZES: Final = {
    "bool": 1,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "uint16": 2,
    "float16": 2,
    "bfloat16": 2,
    "int32": 4,
    "uint32": 4,
    "float32": 4,
    "int64": 8,
    "uint64": 8,
    "float64": 8,
    "complex64": 8,
    "complex128": 16,
}

Kind = Literal["numpy", "scalar", "torch", "tensorflow"]


class WireError(Exception):
    """The other side sent something that is not a message."""


class TooLargeError(WireError):
    """This side has more to say than a message may hold."""


class Foreign(Struct, frozen=True):
    """Stands for a value that cannot travel; `type` says what it was."""

    type: str


class RawArray(Struct, frozen=True):
    """An array as bytes; nothing here needs numpy."""

    kind: Kind
    dtype: str
    shape: tuple[int, ...]
    data: bytes
    device: str = "cpu"
    requires_grad: bool = False


class Packed(Struct, frozen=True):
    """A value ready to travel: its structure, and the bytes of its arrays."""

    structure: bytes
    block: bytes = b""


class _Head(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    kind: Kind
    dtype: str
    shape: tuple[int, ...]
    device: str
    requires_grad: bool
    start: int


_UNREADABLE = (msgspec.MsgspecError, RecursionError, ValueError, OverflowError, TypeError)
_HEAD = msgspec.msgpack.Decoder(_Head)


def pack(value: object, to_array: Callable[[object], RawArray | Foreign | None]) -> Packed:
    """Return `value` as bytes; `to_array` knows the arrays of the libraries on this side."""
    packer = _Packer(to_array)
    structure = msgspec.msgpack.encode(packer.plain(value, 0))
    if len(structure) > MAX_STRUCTURE:
        raise TooLargeError(len(structure))
    return Packed(structure, b"".join(packer.parts))


def unpack(packed: Packed, from_array: Callable[[RawArray], Any]) -> Any:  # noqa: ANN401
    """Return the value in `packed`, or raise `WireError`; every array is a copy of its own."""
    if len(packed.structure) > MAX_STRUCTURE or len(packed.block) > MAX_BLOCK:
        raise WireError("too large")
    return _Unpacker(packed.block, from_array).decoded(packed.structure, 0)


class _Packer:
    def __init__(self, to_array: Callable[[object], RawArray | Foreign | None]) -> None:
        self._to_array = to_array
        self._size = 0
        self._left = MAX_STRUCTURE
        self.parts: list[bytes] = []

    def plain(self, value: object, depth: int) -> object:
        """Return what msgpack can write."""
        if depth > MAX_DEPTH:
            return _foreign(f"nested over {MAX_DEPTH} levels")
        kind = type(value)
        self._spend(value)
        if value is None or kind in {bool, float, str, bytes}:
            return _text_or_foreign(value) if kind is str else value
        writer = _WRITERS.get(kind)
        if writer is not None:
            return writer(self, value, depth + 1)
        array = self._to_array(value)
        if isinstance(array, RawArray):
            return self._array(array)
        return _foreign(array.type if array is not None else _name(kind))

    def integer(self, value: int, _: int) -> object:
        """Write an int of any reasonable size."""
        if _INT64 <= value < _UINT64:
            return value
        if value.bit_length() > 3 * _MAX_DIGITS:
            return _foreign("an int of over 12,000 bits")
        return Ext(_BIG, str(value).encode())

    def complex(self, value: complex, _: int) -> object:
        """Write real and imaginary part."""
        return Ext(_COMPLEX, msgspec.msgpack.encode([value.real, value.imag]))

    def list(self, value: list[object], depth: int) -> object:
        """Write the items."""
        return [self.plain(item, depth) for item in value]

    def tuple(self, value: tuple[object, ...], depth: int) -> object:
        """Write the items; msgpack has no tuples of its own."""
        return Ext(_TUPLE, msgspec.msgpack.encode([self.plain(item, depth) for item in value]))

    def dict(self, value: dict[object, object], depth: int) -> object:
        """Write keys and values in turn: msgpack's maps lose the type of keys and their order."""
        flat: list[object] = []
        for key, item in value.items():
            if key is not None and type(key) not in _KEYS:
                return _foreign(f"dict with a key of type {_name(type(key))}")
            flat += [self.plain(key, depth), self.plain(item, depth)]
        return Ext(_TABLE, msgspec.msgpack.encode(flat))

    def _spend(self, value: Any) -> None:  # noqa: ANN401
        """Give up early, before walking: every value and every character takes a byte at least."""
        self._left -= 1
        size = len(value) if type(value) in _SIZED else 0
        if size > self._left or self._left < 0:
            raise TooLargeError(MAX_STRUCTURE)
        if type(value) in {str, bytes}:
            self._left -= size

    def _array(self, array: RawArray) -> object:
        start, self._size = self._size, self._size + len(array.data)
        if self._size > MAX_BLOCK:
            self._size = start
            return _foreign(f"array of {len(array.data) >> 20} MiB, too large to send")
        self.parts.append(array.data)
        shape, grad = array.shape, array.requires_grad
        head = _Head(array.kind, array.dtype, shape, array.device, grad, start)
        return Ext(_ARRAY, msgspec.msgpack.encode(head))


_WRITERS: dict[type, Callable[[_Packer, Any, int], object]] = {
    int: _Packer.integer,
    complex: _Packer.complex,
    list: _Packer.list,
    tuple: _Packer.tuple,
    dict: _Packer.dict,
}


def _foreign(kind: str) -> Ext:
    return Ext(_FOREIGN, kind.encode("utf-8", "replace")[:200])


def _name(kind: type) -> str:
    # A metaclass of the learner may answer here; whatever it says is cut and sent as text.
    known = type.__getattribute__
    return f"{known(kind, '__module__')}.{known(kind, '__name__')}"


def _text_or_foreign(text: Any) -> object:  # noqa: ANN401
    try:
        text.encode()
    except UnicodeEncodeError:
        return _foreign("str with lone surrogates")
    return text


class _Unpacker:
    def __init__(self, block: bytes, from_array: Callable[[RawArray], Any]) -> None:
        self._block = memoryview(block)
        self._from_array = from_array

    def decoded(self, data: bytes, depth: int) -> Any:  # noqa: ANN401
        try:
            plain = msgspec.msgpack.decode(data)
        except _UNREADABLE as error:
            raise WireError(str(error)[:200]) from None
        return self._built(plain, depth)

    def _built(self, plain: Any, depth: int) -> Any:  # noqa: ANN401
        if depth > _MAX_NESTING:
            raise WireError("nested too deeply")
        kind = type(plain)
        if plain is None or kind in {bool, int, float, str, bytes}:
            return plain
        if kind is list:
            return [self._built(item, depth + 1) for item in plain]
        if kind is Ext:
            return self._extended(plain.code, bytes(plain.data), depth)
        raise WireError("not plain data")  # msgpack's own maps and timestamps

    def _extended(self, code: int, data: bytes, depth: int) -> Any:  # noqa: ANN401
        match code:
            case 1:
                return self._array(data)
            case 2:
                return tuple(self._items(data, depth))
            case 3:
                return Foreign(data[:200].decode("utf-8", "replace"))
            case 4:
                return _big(data)
            case 5:
                return _complex(self._items(data, depth))
            case 6:
                return _table(self._items(data, depth))
            case _:
                raise WireError("unknown extension")

    def _items(self, data: bytes, depth: int) -> list[Any]:
        items = self.decoded(data, depth + 1)
        if type(items) is not list:
            raise WireError("not a list of items")
        return items

    def _array(self, data: bytes) -> Any:  # noqa: ANN401
        try:
            head = _HEAD.decode(data)
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise WireError(str(error)[:200]) from None
        size = ITEM_SIZES.get(head.dtype, 0) * math.prod(head.shape)
        whole = 0 <= head.start <= head.start + size <= len(self._block)
        if head.dtype not in ITEM_SIZES or min(head.shape, default=0) < 0 or not whole:
            raise WireError("an array that does not add up")
        # numpy multiplies the other sides of an empty array too, and overflows.
        if len(head.shape) > _MAX_DIMENSIONS or any(side > 2**31 for side in head.shape):
            raise WireError("an array of too many or too long dimensions")
        content = bytes(self._block[head.start : head.start + size])
        device, grad = head.device[:40], head.requires_grad
        return self._from_array(
            RawArray(head.kind, head.dtype, head.shape, content, device, grad),
        )


def _big(data: bytes) -> int:
    if len(data) > _MAX_DIGITS or not data.removeprefix(b"-").isdigit():
        raise WireError("not an int")
    return int(data)


def _complex(items: list[Any]) -> complex:
    match items:
        case [float(real), float(imaginary)]:
            return complex(real, imaginary)
        case _:
            raise WireError("not a complex number")


def _table(items: list[Any]) -> dict[Any, Any]:
    keys = items[::2]
    if len(items) % 2 or not all(k is None or type(k) in _KEYS for k in keys):
        raise WireError("not a dict")
    return dict(zip(keys, items[1::2], strict=True))
