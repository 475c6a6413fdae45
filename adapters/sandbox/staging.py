"""For a bot that is root: hands a step to a user without rights, and makes its files reachable.

Homes are closed to others (0700). So the step gets a mount namespace of its own in which each
closed folder is replaced by an empty one that holds only what the step needs, at the same path.
Imported by the supervisor alone: standard library only.
"""

import ctypes
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

_CLONE_NEWNS, _MS_BIND, _MS_REC, _MS_PRIVATE = 0x00020000, 4096, 16384, 1 << 18
_UNMOVED = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_OTHERS_ENTER, _OTHERS_READ, _GROUP_READ = 0o001, 0o004, 0o040


def hand_over(user: int, work: str, reads: list[str]) -> dict[str, os.stat_result]:
    """Give `work` to the user, and let its group read `reads`; links are never followed.

    Returns what single files among `reads` were before, for `take_back`: a folder is the job's
    own, but a file may be the person's.
    """
    before = {path: info for path in reads if stat.S_ISREG((info := os.lstat(path)).st_mode)}
    for path, info in _walk(work):
        if info.st_uid != user:
            os.chown(path, user, user, follow_symlinks=False)
    for top in reads:
        for path, info in _walk(top):
            _let_read(user, path, info)
    return before


def take_back(files: Mapping[str, os.stat_result]) -> None:
    """Give files their group and mode back."""
    for path, info in files.items():
        handle = os.open(path, _UNMOVED)
        try:
            os.fchown(handle, -1, info.st_gid)
            os.fchmod(handle, stat.S_IMODE(info.st_mode))
        finally:
            os.close(handle)


def _walk(top: str) -> Iterable[tuple[str, os.stat_result]]:
    yield top, os.lstat(top)
    for folder, folders, files in os.walk(top):
        for name in (*folders, *files):
            path = os.path.join(folder, name)  # noqa: PTH118 - strings keep this walk quick
            yield path, os.lstat(path)


def _let_read(user: int, path: str, info: os.stat_result) -> None:
    """Add group read (and enter) for the user's group, unless others can read it already."""
    wanted = _GROUP_READ | (0o010 if stat.S_ISDIR(info.st_mode) or info.st_mode & 0o100 else 0)
    is_plain = stat.S_ISDIR(info.st_mode) or stat.S_ISREG(info.st_mode)
    if not is_plain or info.st_uid == user or info.st_mode & (wanted >> 3) == wanted >> 3:
        return
    handle = os.open(path, _UNMOVED)
    try:
        os.fchown(handle, -1, user)
        os.fchmod(handle, stat.S_IMODE(info.st_mode) | wanted)
    finally:
        os.close(handle)


def show(paths: Iterable[str]) -> None:
    """Make each path reachable for everybody, in a mount namespace of this process alone."""
    hidden = _beneath_closed(paths)
    if not hidden:
        return
    os.umask(0o022)  # the bot's own may close what is made here to the step's user
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.unshare(_CLONE_NEWNS), "make a mount namespace")
    _mount(libc, "none", "/", flags=_MS_REC | _MS_PRIVATE)
    handles = {path: os.open(path, os.O_PATH) for members in hidden.values() for path in members}
    for closed, members in hidden.items():
        _mount(libc, "none", closed, kind="tmpfs", data="mode=0755")
        for path in members:
            _place(libc, handles[path], path)
    for handle in handles.values():
        os.close(handle)


def _beneath_closed(paths: Iterable[str]) -> dict[str, list[str]]:
    """Topmost folder that others cannot enter → the paths beneath it, outermost first."""
    hidden: dict[str, list[str]] = {}
    for path in sorted({os.path.realpath(path) for path in paths}):
        parents = [str(parent) for parent in reversed(Path(path).parents)]
        closed = [folder for folder in parents if not Path(folder).stat().st_mode & _OTHERS_ENTER]
        if closed:
            members = hidden.setdefault(closed[0], [])
            if not any(Path(path).is_relative_to(outer) for outer in members):
                members.append(path)
    return hidden


def _place(libc: ctypes.CDLL, handle: int, path: str) -> None:
    target = Path(path)
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if stat.S_ISDIR(os.fstat(handle).st_mode):
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    _mount(libc, f"/proc/self/fd/{handle}", path, flags=_MS_BIND | _MS_REC)


def _mount(
    libc: ctypes.CDLL, source: str, target: str, *, kind: str = "", flags: int = 0, data: str = ""
) -> None:
    done = libc.mount(
        source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()
    )
    _checked(done, f"mount {target}")


def _checked(result: int, what: str) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"cannot {what}: {os.strerror(ctypes.get_errno())}")


def drop_to(user: int) -> None:
    """Become a user without rights, for good."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
