"""Kaggle as one person uses it: each call with that person's own key, or with none at all.

asking      a piece of work with somebody's key, in a thread, its errors in the tree
endings     how a run there came to its end
errors      what Kaggle refuses, and what that means for the person
desk        what can be asked over one connection
line        the connection: timeouts, no environment, no file of the server
names       how a run is called there
kernels     code that runs there: push, state, log, output, hours of GPU left
datasets    data sets: found, fetched, and the private one that carries a training
transfers   large files, both ways; what is cut goes on where it was
at_kaggle   the script that is pushed: it carries the training out over there
"""
