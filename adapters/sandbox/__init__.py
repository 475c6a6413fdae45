"""The sandbox: code that nobody vouches for sees its own files, no network and no secret.

levels      chooses what this machine can do, by trying it
view        what a step may see, and the command line that shows it nothing more
syscalls    the calls that no training needs
supervise   a process of its own around each step: ends it with everything it started
staging     the same for a bot that is root: hands the step to a user without rights
confine     the last thing before the script: limits, Landlock, seccomp
"""
