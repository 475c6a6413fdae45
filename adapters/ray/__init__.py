"""A Ray cluster through the REST interface of its dashboard; the ray package is not needed."""
