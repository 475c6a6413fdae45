"""Weights of models: from the Hub or a folder of this machine into a cache below the home.

shelf    the port: finds, fetches, keeps
files    which files of a model are taken
room     how much is kept, and what makes way
needed   whether a job goes on with a model
folders  copies a folder of this machine
asking   the process that talks to the Hub, as the bot sees it
hub      that process: the only place that imports the Hub's library
"""
