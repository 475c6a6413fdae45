"""Addresses of pages that show a shared file, turned into the address of the file itself.

Only public patterns that the services document; every other address stays as it is.
"""

import re

import httpx

DRIVE = "https://drive.google.com"
_FILES_OF_DRIVE = "https://drive.usercontent.google.com/download"
_ID = r"(?P<id>[\w-]{10,})"
_SHEET = re.compile(rf"/spreadsheets/d/{_ID}(?:/.*)?")
_DRIVE = re.compile(rf"/file/d/{_ID}(?:/.*)?")
_GITHUB = re.compile(r"/(?P<repo>[^/]+/[^/]+)/blob/(?P<file>[^/]+/.+)")
_GRID = re.compile(r"gid=(\d+)")


def download_form(url: httpx.URL, drive: str = DRIVE) -> httpx.URL:
    """Where the file behind a share link of a known service is downloaded.

    `drive` is where Google Drive is asked; links name its usual address wherever that is.
    """
    match url.host:
        case "docs.google.com":
            return _sheet(url)
        case "drive.google.com":
            return _drive(url, drive)
        case "github.com" | "www.github.com":
            return _github(url)
        case "www.dropbox.com" | "dropbox.com":
            return url.copy_set_param("dl", "1")
        case _:
            return url


def _sheet(url: httpx.URL) -> httpx.URL:
    """A Google sheet as CSV: the sheet that was open when the link was copied."""
    found = _SHEET.fullmatch(url.path)
    if found is None or "/export" in url.path or "/pub" in url.path:
        return url
    params = {"format": "csv"}
    grid = _GRID.search(f"{url.query.decode()}&{url.fragment}")
    if grid:
        params["gid"] = grid[1]
    return url.copy_with(path=f"/spreadsheets/d/{found['id']}/export", params=params, fragment=None)


def _drive(url: httpx.URL, drive: str) -> httpx.URL:
    """A file in Google Drive; `confirm` answers the page about large files."""
    found = _DRIVE.fullmatch(url.path)
    named = found["id"] if found else url.params.get("id")
    if not named or (not found and url.path not in {"/open", "/uc"}):
        return url
    params = {"id": named, "export": "download", "confirm": "t"}
    files = _FILES_OF_DRIVE if drive == DRIVE else f"{drive}/uc"
    return httpx.URL(files, params=params)


def _github(url: httpx.URL) -> httpx.URL:
    found = _GITHUB.fullmatch(url.path)
    return url.copy_with(path=f"/{found['repo']}/raw/{found['file']}") if found else url
