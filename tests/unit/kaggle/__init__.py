"""Kaggle's account, data sets and machines, with its own library and a fake of the service."""
