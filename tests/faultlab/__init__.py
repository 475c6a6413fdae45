"""The fault lab: people work with a real bot, and everything around it breaks at seeded moments.

wires       a TCP proxy between two parts: refused, hanging, slow, cut in the middle
watched     the program that a machine runs: the bot, with a clock to set and a diary of its stages
machines    processes of the bot, which are killed, frozen and started again
services    where trainings are carried out elsewhere, and how often each was submitted
site        a whole installation: one process on SQLite, or workers and replicas on PostgreSQL
hurts       what can go wrong there, one kind after the other
storm       so many hurts at seeded moments
checks      what must hold afterwards
lab         one run, from the first message to the last check
table       what many runs came to
"""
