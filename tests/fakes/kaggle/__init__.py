"""Kaggle on this machine: its API, its storage, and machines that really run what is pushed.

world      who has an account, which data sets and kernels there are
faults     what goes wrong, and how often
sessions   runs a pushed script as a process of its own
kernels    the calls about kernels
datasets   the calls about data sets and uploads
storage    where files are put and fetched: addresses that are keys themselves
fake       the server: started in a thread, pointed at, looked at
"""
