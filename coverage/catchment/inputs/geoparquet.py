"""GeoParquet files, through geopandas and pyarrow."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from pyarrow.parquet import ParquetFile, read_schema

from catchment.errors import InputError
from catchment.inputs.tables import LARGEST_FILE_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.files import InputFile

_LARGEST_ROWS = 20_000_000


def read_geoparquet_bytes(file: InputFile) -> bytes:
    """
    The whole file: pyarrow gets no path, which it may take for an address.

    Raises
    ------
    InputError
        If it is too large.
    """
    if file.path.stat().st_size > LARGEST_FILE_BYTES:
        raise _too_big(file)
    return file.path.read_bytes()


def geoparquet_header(content: bytes, file: InputFile) -> list[str]:
    """
    The names of its columns, in order, without that of its main shapes.

    Raises
    ------
    InputError
        If the file would unfold to too much.
    """
    opened = ParquetFile(io.BytesIO(content))
    about = opened.metadata
    unfolded = sum(about.row_group(number).total_byte_size for number in range(about.num_row_groups))
    if about.num_rows > _LARGEST_ROWS or unfolded > LARGEST_FILE_BYTES:
        raise _too_big(file)
    shapes = _main_shapes(content, ())
    return [str(name) for name in opened.schema_arrow.names if name not in shapes]


def geoparquet_frame(content: bytes, columns: Sequence[str]) -> gpd.GeoDataFrame:
    """Its main shapes with some of its columns."""
    return gpd.read_parquet(io.BytesIO(content), columns=[*columns, *_main_shapes(content, columns)])


def plain(value: Any) -> object:
    """
    A cell as the readers know it: nothing for what is missing, and for lists and structures.

    Examples
    --------
    >>> plain("正街"), plain(float("nan")), plain([1, 2])
    ('正街', None, None)
    """
    if not pd.api.types.is_scalar(value) or pd.isna(value):
        return None
    return value


def _main_shapes(content: bytes, columns: Sequence[str]) -> list[str]:
    """The column of the main shapes, unless it is asked for already."""
    about = (read_schema(io.BytesIO(content)).metadata or {}).get(b"geo", b"{}")
    main = str(json.loads(about).get("primary_column", "geometry"))
    return [] if main in columns else [main]


def _too_big(file: InputFile) -> InputError:
    return InputError("error.file_too_big", file=file.path.name, limit_mb=LARGEST_FILE_BYTES // 1_000_000)
