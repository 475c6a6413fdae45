"""Troubles of the services outside, one at a time, and the jobs that meet them.

toy        a job that learns in a moment, as far as its next stage needs it
trouble    what a service is here, and one trouble of it
hub        the Hub as where data comes from, and as where models go
runtimes   Kaggle, Modal and a Ray cluster, where trainings are carried out
play       one job through the real orchestrator, beside a person who does what they are told
telling    what came of it, as a table
"""
