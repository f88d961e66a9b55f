"""Reads a dataset with one of the usual libraries and says as JSON what it saw. Arguments: reader, Parquet file, Croissant file."""

import json
import sys

reader, parquet, croissant = sys.argv[1:]


def with_pyarrow():
    import pyarrow.parquet as pq

    file = pq.ParquetFile(parquet)
    for group in range(file.metadata.num_row_groups):
        for column in range(file.metadata.num_columns):
            chunk = file.metadata.row_group(group).column(column)
            assert chunk.statistics is None, f"{chunk.path_in_schema} has statistics"
            assert chunk.compression == "UNCOMPRESSED", f"{chunk.path_in_schema} is compressed"
    assert file.metadata.metadata is None, "the file has metadata of its own"
    return file.read().to_pylist()


def with_pandas():
    import pandas

    frame = pandas.read_parquet(parquet)
    frame = frame.astype(object).where(frame.notna(), None)
    return [{name: list(cell) if hasattr(cell, "tolist") else cell for name, cell in row.items()} for row in frame.to_dict("records")]


def with_duckdb():
    import duckdb

    found = duckdb.execute("select * from read_parquet(?)", [parquet])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()]


def with_mlcroissant():
    import logging

    import mlcroissant

    warnings = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: warnings.append(record.getMessage())
    logging.getLogger("absl").addHandler(handler)
    with open(croissant, encoding="utf-8") as file:
        described = json.load(file)
    # Raises on whatever the standard forbids.
    dataset = mlcroissant.Dataset(jsonld=described, mapping={described["distribution"][0]["@id"]: parquet})
    text = lambda value: value.decode() if isinstance(value, bytes) else value
    plain = lambda value: [text(each) for each in value] if hasattr(value, "__len__") and not isinstance(value, (str, bytes)) else text(value)
    rows = [{name.split("/")[-1]: plain(value) for name, value in row.items()} for row in dataset.records("examples")]
    assert warnings == [], warnings
    return rows


rows = {"pyarrow": with_pyarrow, "pandas": with_pandas, "duckdb": with_duckdb, "mlcroissant": with_mlcroissant}[reader]()
json.dump(rows, sys.stdout, default=lambda value: value.item())
