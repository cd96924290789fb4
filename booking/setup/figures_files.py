"""Figures as files, for whoever goes on computing with them."""

import csv
from collections.abc import Iterable
from datetime import date
from io import BytesIO, StringIO

import odswriter
from django.utils.translation import get_language

from .figures_tables import Cell, Table

# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# Names of sheets hold none of these, and in Excel 31 characters at most.
FORBIDDEN_IN_SHEETS = str.maketrans(dict.fromkeys("[]*?:/\\'", " "))


def as_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark: without it Excel takes umlauts for something else.

    Semicolons and decimal commas in German, as German spreadsheets expect, else commas and points.
    """
    german = get_language() == "de"
    text = StringIO()
    writer = csv.writer(text, delimiter=";" if german else ",", lineterminator="\r\n")
    writer.writerow([_harmless(cell) for cell in table.header])
    writer.writerows([_csv_cell(cell, german=german) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell, *, german: bool) -> str:
    if isinstance(cell, str):
        return _harmless(cell)
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int):
        return str(cell)
    text = f"{cell:.2f}"
    return text.replace(".", ",") if german else text


def _harmless(text: str) -> str:
    """A leading apostrophe keeps a name from being computed."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_ods(tables: Iterable[Table]) -> bytes:
    """One sheet for each table. Text is marked as text there, so that nothing is computed."""
    file = BytesIO()
    with odswriter.writer(file) as book:
        for table in tables:
            sheet = book.new_sheet(table.title.translate(FORBIDDEN_IN_SHEETS)[:31].strip())
            sheet.writerow(table.header)
            sheet.writerows([_ods_cell(cell) for cell in row] for row in table.rows)
    return file.getvalue()


def _ods_cell(cell: Cell) -> Cell:
    return round(cell, 2) if isinstance(cell, float) else cell
