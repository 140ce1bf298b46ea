import sys
import zlib
from collections.abc import Callable
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from bocadillo.middleware._codings import CODINGS, choose_coding, load_coding


def decompress_zstd(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda data: bytes(brotli.Decompressor().process(data)),
    "gzip": lambda data: zlib.decompressobj(31).decompress(data),
    "zstd": decompress_zstd,
}


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.5", "br"),
        ("gzip ; q=0.9 , br ; q=0.8", "gzip"),
        ("gzip;Q=1.000", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0.000", None),
        ("*", "zstd"),
        ("*;q=0", None),
        ("zstd;q=0, *", "br"),
        ("gzip;q=0.5, *;q=0.1", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip", "gzip"),
        ("identity, gzip", "gzip"),
        ("deflate", None),
        ("compress;q=0.5, gzip;q=1.0", "gzip"),
        ("gzip;q=2", None),
        ("gzip;q=-1", None),
        ("gzip;q=1.5", None),
        ("gzip;q=abc", None),
        ("gzip;level=9", None),
        (",,;q=1,gzip", "gzip"),
        ("gzipped", None),
        ("not-gzip", None),
    ],
)
def test_coding_is_the_one_the_client_likes_best(accepted: str, coding: str | None) -> None:
    assert choose_coding(accepted, CODINGS) == coding


def test_coding_is_one_of_those_offered() -> None:
    assert choose_coding("zstd, br;q=0.9, gzip;q=0.8", ["br", "gzip"]) == "br"
    assert choose_coding("zstd, br", ["gzip"]) is None


@given(st.text(alphabet="gzipbrstd*;q=01.5, -\té", max_size=40))
@settings(max_examples=100)
def test_any_text_of_a_client_is_read(accepted: str) -> None:
    assert choose_coding(accepted, CODINGS) in {*CODINGS, None}


@pytest.mark.parametrize("coding", CODINGS)
@given(chunks=st.lists(st.binary(max_size=200), max_size=4))
@settings(max_examples=25)
def test_what_is_encoded_is_decoded(coding: str, chunks: list[bytes]) -> None:
    encoder = load_coding(coding)()
    sent = b"".join(encoder.encode(chunk, is_last=False) for chunk in chunks)
    sent += encoder.encode(b"end", is_last=True)
    assert DECODERS[coding](sent) == b"".join(chunks) + b"end"


@pytest.mark.parametrize("coding", CODINGS)
def test_client_can_read_each_chunk_at_once(coding: str) -> None:
    encoder, sent = load_coding(coding)(), b""
    decoder: Any = {
        "br": brotli.Decompressor().process,
        "gzip": zlib.decompressobj(31).decompress,
        "zstd": zstandard.ZstdDecompressor().decompressobj().decompress,
    }[coding]
    for chunk in (b"one", b"two", b"three"):
        sent = encoder.encode(chunk, is_last=False)
        assert decoder(sent) == chunk


@pytest.mark.parametrize("coding", CODINGS)
def test_text_gets_smaller(coding: str) -> None:
    text = b"the same words again and again, " * 100
    assert len(load_coding(coding)().encode(text, is_last=True)) < len(text) / 10


@pytest.mark.parametrize(("coding", "package"), [("br", "brotli"), ("zstd", "zstandard")])
def test_missing_package_is_named_with_the_cure(
    coding: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError) as caught:
        load_coding(coding)
    assert str(caught.value) == (
        f"the coding {coding!r} needs the package {package}, which is not installed: "
        'pip install "bocadillo[compression]"'
    )
