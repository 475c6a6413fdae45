"""The system calls that no training needs, as a seccomp program for this machine."""

import tempfile

# Escapes and kernel doors. `socket` goes only where no network namespace stands in its way.
_REFUSED = ["add_key", "bpf", "chroot", "delete_module", "finit_module", "fsconfig", "fsmount", "fsopen", "init_module", "io_uring_enter", "io_uring_register", "io_uring_setup", "kexec_file_load", "kexec_load", "keyctl", "mount", "mount_setattr", "move_mount", "open_by_handle_at", "open_tree", "perf_event_open", "pivot_root", "process_vm_readv", "process_vm_writev", "ptrace", "reboot", "request_key", "setns", "swapoff", "swapon", "umount2", "unshare", "userfaultfd"]
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
