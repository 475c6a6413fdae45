"""The front of house: what a message means, what we say back, and the wiring.

inbox/ keeps what arrives; conversation.py decides, with a door in doors/ for each way to speak.
posting/ brings a job's events out to its thread. accounts/ takes keys to the vault.
cli/ is the command line, checks/ what the doctor looks at, report/ the page of a result,
running/ the bot as a program that stays. wiring.py alone knows the adapters.
"""
