"""Weights of models: from the Hub or a folder of this machine into a cache below the home.

shelf    the port: finds, fetches, keeps
files    which files of a model are taken
folders  copies a folder of this machine
asking   the process that talks to the Hub, as the bot sees it
hub      that process: the only place that imports the Hub's library
"""
