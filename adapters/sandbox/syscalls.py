"""The system calls that no training needs, as a seccomp program for this machine."""

import tempfile

# Escapes and kernel doors. `socket` goes only where no network namespace stands in its way.
_REFUSED = (
    *(
        "mount",
        "mount_setattr",
        "move_mount",
        "fsconfig",
        "fsmount",
        "fsopen",
        "open_tree",
        "pivot_root",
        "umount2",
        "chroot",
        "swapoff",
        "swapon",
        "reboot",
    ),
    *("setns", "unshare", "ptrace", "process_vm_readv", "process_vm_writev", "open_by_handle_at"),
    *("add_key", "keyctl", "request_key", "bpf", "perf_event_open", "userfaultfd"),
    *("io_uring_enter", "io_uring_register", "io_uring_setup"),
    *("delete_module", "finit_module", "init_module", "kexec_file_load", "kexec_load"),
)
_EPERM, _ENOSYS = 1, 38
_CLONE_NEWUSER = 0x10000000


def seccomp_program(*, sockets: bool) -> bytes:
    """BPF that answers EPERM to refused calls; `sockets` leaves socket(2) open.

    OSError when libseccomp is missing on this machine.
    """
    try:
        import pyseccomp  # noqa: PLC0415 - it loads the machine's libseccomp, which may be missing
    except (ImportError, RuntimeError) as error:
        raise OSError(f"libseccomp is missing ({error})") from error
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in (*_REFUSED, *(() if sockets else ("socket",))):
        rules.add_rule(pyseccomp.ERRNO(_EPERM), name)
    # clone3 hides its flags from a filter: "not implemented" makes libc use clone instead.
    rules.add_rule(pyseccomp.ERRNO(_ENOSYS), "clone3")
    new_user = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_NEWUSER, _CLONE_NEWUSER)
    rules.add_rule(pyseccomp.ERRNO(_EPERM), "clone", new_user)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
