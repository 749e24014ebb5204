"""Recipes: everything that determines a training run, as data; the shipped ones are the TOML files here."""
